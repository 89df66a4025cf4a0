"""Fifty annotators at once, on SQLite and on PostgreSQL, by HTTP against gunicorn as it runs in production, with
streams of events open.

Each makes a change every two seconds, which is several times what a person does, and asks meanwhile what an open
editor asks. MASKWRIGHT_BENCH_PEOPLE, MASKWRIGHT_BENCH_SECONDS, MASKWRIGHT_BENCH_THINK (seconds between changes) and
MASKWRIGHT_BENCH_DATABASES (names, with commas) change it; "postgresql x4" is PostgreSQL with four web processes. Who
asks takes the same processors as who answers.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench.measure import Measure
from tests.bench.team.annotator import Annotator, Diary
from tests.bench.team.installation import Installation, database
from tests.bench.team.person import Person
from tests.bench.team.seed import PASSWORD

PEOPLE = int(os.environ.get("MASKWRIGHT_BENCH_PEOPLE", "50"))
SECONDS = float(os.environ.get("MASKWRIGHT_BENCH_SECONDS", "120"))
THINK = float(os.environ.get("MASKWRIGHT_BENCH_THINK", "2"))
KINDS = os.environ.get("MASKWRIGHT_BENCH_DATABASES", "sqlite,postgresql").split(",")
GOAL_MS, ARRIVING = 300.0, 10.0
IMAGES = 120


def measure() -> list[Measure]:
    """Load each database."""
    return [one for kind in KINDS for one in loaded(kind.strip())]


def loaded(kind: str) -> list[Measure]:
    """Load one database; prints what was asked, and what bounds it."""
    name, _, processes = kind.partition(" x")
    with tempfile.TemporaryDirectory() as folder, database(name) as env:
        site = Installation(Path(folder), env, int(processes or 1))
        team = site.seed(PEOPLE, IMAGES)
        try:
            site.start_web()
            diaries, used, seconds = _work(site, team)
            lost = _lost(site, team, diaries)
            memory = site.memory_of_web()
        finally:
            site.stop()
    return _told(kind, diaries, used, seconds, lost, memory)


def _work(site: Installation, team: dict[str, Any]) -> tuple[list[Diary], float, float]:
    """Have everybody work; returns their diaries, and processor seconds of the web processes in so many seconds."""
    workers = [Annotator(Person(site.port, name), team, at, THINK) for at, name in enumerate(team["people"])]
    for one in workers:
        one.person.sign_in(PASSWORD)  # one after another: a password takes a processor half a second, by design
    began = time.monotonic()
    until = began + ARRIVING + SECONDS
    threads = []
    for at, one in enumerate(workers):
        threads.append(threading.Thread(target=one.work, args=(until,)))
        threads[-1].start()
        time.sleep(max(0.0, began + ARRIVING * at / len(workers) - time.monotonic()))
    begun, used = time.monotonic(), site.seconds_of_web()
    for thread in threads:
        thread.join()
    return [one.diary for one in workers], site.seconds_of_web() - used, time.monotonic() - begun


def _lost(site: Installation, team: dict[str, Any], diaries: list[Diary]) -> int:
    """Count the objects that the server acknowledged and does not have so, and those it has twice."""
    person = Person(site.port, team["people"][0])
    person.sign_in(PASSWORD)
    stored: Counter[str] = Counter()
    rows = {}
    for image in team["images"]:
        for row in person.api("GET", f"images/{image}/annotations/").json()["results"]:
            stored[row["id"]] += 1
            rows[row["id"]] = row["revision"]
    wanted = {pk: revision for diary in diaries for pk, revision in diary.kept.items()}
    return sum(rows.get(pk) != revision for pk, revision in wanted.items()) + sum(n > 1 for n in stored.values())


def _told(kind: str, diaries: list[Diary], used: float, seconds: float, lost: int, memory: float) -> list[Measure]:
    asked = [one for diary in diaries for one in diary.asked]
    streams, bad = sum(diary.streams for diary in diaries), Counter(one[1] for one in asked if not 200 <= one[1] < 300)
    print(f"  {kind}: {len(asked)} requests in {seconds:.0f} s by {PEOPLE} people, {streams} streams of events;")
    print(f"    not answered with success: {dict(bad) or 'none'}; acknowledged and not there: {lost};")
    each = 1000 * used / len(asked)
    print(f"    web: {used / seconds:.2f} processors, {each:.1f} ms of them a request, {memory:.0f} MB")
    print(f"    load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    found = []
    for what in ("save", "changes", "presence", "objects", "image"):
        times = sorted(1000 * one[2] for one in asked if one[0] == what)
        print(
            f"    {what:<9} {len(times):>6} requests, p50 {_at(times, 0.5):>6.0f} ms, p95 {_at(times, 0.95):>6.0f} ms, "
            f"p99 {_at(times, 0.99):>6.0f} ms, most {times[-1]:>6.0f} ms"
        )
        if what in ("save", "objects"):
            found += [
                Measure(f"{kind}: {what}, p95 of {PEOPLE} people", _at(times, 0.95), "ms", "the goal", GOAL_MS),
                Measure(f"{kind}: {what}, median", statistics.median(times), "ms", "the goal", GOAL_MS),
            ]
    failed = sum(bad.values())
    return [*found, Measure(f"{kind}: requests that failed", float(failed), "", "of", float(len(asked)))]


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]

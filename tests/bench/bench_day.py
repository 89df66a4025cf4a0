"""A day's work in short: a few people send a day's requests one after another, a worker encodes and exports, and one
tab of a real browser labels photo after photo. What web process, worker and tab take of memory at the beginning, in
the middle and at the end. MASKWRIGHT_BENCH_SECONDS says how long (ten minutes), MASKWRIGHT_BENCH_DATABASES on what."""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.faults.campaign import picture, send_file
from tests.bench.measure import Measure
from tests.bench.team.annotator import Annotator
from tests.bench.team.installation import Installation, database
from tests.bench.team.person import Person
from tests.bench.team.seed import PASSWORD
from tests.bench.team.tab import Tab, open_tab
from tests.browser.chromium import missing

SECONDS = float(os.environ.get("MASKWRIGHT_BENCH_SECONDS", "600"))
KIND = os.environ.get("MASKWRIGHT_BENCH_DATABASES", "postgresql")
PEOPLE, IMAGES, PARTS = 4, 60, 4
THINK = 0.05
MODEL = "from annotator.inference.services import ensure_builtin_model as e; e()"


def measure() -> list[Measure]:
    """Work for a day; nothing where there is no Chromium."""
    if why := missing():
        print(f"  skipped: {why}", flush=True)
        return []
    with tempfile.TemporaryDirectory() as folder, database(KIND) as env:
        limits = {"MASKWRIGHT_HEAVY_PER_HOUR": "0", "MASKWRIGHT_QUICK_PER_MINUTE": "0"}
        site = Installation(Path(folder), env | limits)
        team = site.seed(PEOPLE + 1, IMAGES, 3)
        try:
            site.manage("shell", "-c", MODEL)
            site.start_web()
            site.start_worker()
            looks = _worked(site, team)
        finally:
            site.stop()
    return _told(looks)


def _worked(site: Installation, team: dict[str, Any]) -> list[dict[str, float]]:
    lead = Person(site.port, team["people"][0])
    lead.sign_in(PASSWORD)
    people = [Annotator(Person(site.port, name), team, at, THINK) for at, name in enumerate(team["people"][1:])]
    for one in people:
        one.person.sign_in(PASSWORD)
    with open_tab(lead, team["project"], team["images"][0]) as tab:
        tab.label()
        looks = [_look(site, people, tab)]
        for part in range(PARTS):
            _part(site, team, people, tab, part)
            looks.append(_look(site, people, tab))
            print(f"  {looks[-1]}", flush=True)
    return looks


def _part(site: Installation, team: dict[str, Any], people: list[Annotator], tab: Tab, part: int) -> None:
    """One part of the day: everybody works, an export is made, pictures come."""
    until = time.monotonic() + SECONDS / PARTS
    threads = [threading.Thread(target=one.work, args=(until,)) for one in people]
    for thread in threads:
        thread.start()
    lead, chance = Person(site.port, team["people"][0]), random.Random(part)
    lead.sign_in(PASSWORD)
    place = f"projects/{team['project']}/"
    for number in range(5):
        send_file(lead, f"/api/v1/{place}images/", f"part{part}-{number}.png", picture(chance))
    lead.api("POST", f"{place}exports/", {"format": "coco"})
    while time.monotonic() < until:
        tab.label()
    for thread in threads:
        thread.join()


def _look(site: Installation, people: list[Annotator], tab: Tab) -> dict[str, float]:
    requests = sum(len(one.diary.asked) for one in people)
    memory = {"web": site.memory_of_web(), "worker": site.memory_of_workers()}
    return {"requests": requests, "photos": tab.labelled} | {k: round(v, 1) for k, v in (memory | tab.weighs()).items()}


def _told(looks: list[dict[str, float]]) -> list[Measure]:
    names, middle = {"web": "MB", "worker": "MB", "heap": "MB", "nodes": "", "listeners": ""}, len(looks) // 2
    print(f"  {looks[-1]['requests']} requests, {looks[-1]['photos']} photos in one tab, {KIND}")
    print("  | | beginning | middle | end |")
    for name, unit in names.items():
        print(f"  | {name} | {looks[0][name]} {unit} | {looks[middle][name]} {unit} | {looks[-1][name]} {unit} |")
    return [
        Measure(f"day: {name} at the end", looks[-1][name], unit, "in the middle", looks[middle][name])
        for name, unit in names.items()
    ]

"""Faults of all kinds in an installation where people work: web processes, worker, PostgreSQL and Redis of its own.

After each, what the server acknowledged is compared with what it has, what must be there once is counted, runs have to
end, and each answer that is no success has to be a sentence that fits. MASKWRIGHT_BENCH_FAULTS says how many are
injected, MASKWRIGHT_BENCH_KINDS which (names, with commas), MASKWRIGHT_BENCH_SECONDS after how many seconds no new one
is begun, MASKWRIGHT_BENCH_SEED which of them.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.faults import by_bucket, by_disk, by_machine, by_people, by_tab, by_worker, locked
from tests.bench.faults.campaign import Campaign
from tests.bench.faults.disk import mountable, small_disk
from tests.bench.faults.machine import Broker, Postgres, Site
from tests.bench.faults.outcome import Outcome, Row
from tests.bench.measure import Measure
from tests.browser.chromium import missing

FAULTS = int(os.environ.get("MASKWRIGHT_BENCH_FAULTS", "300"))
SECONDS = float(os.environ.get("MASKWRIGHT_BENCH_SECONDS", "3600"))
SEED = int(os.environ.get("MASKWRIGHT_BENCH_SEED", "1"))
CHOSEN = os.environ.get("MASKWRIGHT_BENCH_KINDS", "")
PEOPLE = 5
ROWS_MB = 900
NEEDS_DISK = {"disk full", "database's disk full"}
NEEDS_BROWSER = {"browser or tab killed"}
KINDS: dict[str, tuple[int, Callable[[Campaign], Outcome]]] = {
    "line cut in a save": (160, by_people.network_lost),
    "session ended": (25, by_people.session_ended),
    "clock wrong": (35, by_people.clock_wrong),
    "two writers": (80, by_people.two_writers),
    "poisoned picture": (35, by_people.picture_poisoned),
    "kill -9 of web": (4, by_machine.web_killed),
    "database connections cut": (6, by_machine.connections_cut),
    "database crashed": (3, by_machine.database_restarted),
    "broker killed": (3, by_machine.broker_killed),
    "storage full, read-only, failing": (5, by_machine.storage_broken),
    "storage slow": (2, by_machine.storage_slow),
    "bucket failing, full, denied, slow, silent": (5, by_bucket.bucket_troubled),
    "disk full": (4, by_disk.disk_full),
    "database's disk full": (3, by_disk.database_disk_full),
    "browser or tab killed": (4, by_tab.tab_killed),
    "clock of a worker wrong": (3, by_worker.clock_of_a_worker),
    "SQLite locked": (3, locked.database_locked),
    "kill -9 while encoding": (2, by_worker.killed_encoding),
    "kill -9 while exporting": (2, by_worker.killed_exporting),
    "kill -9 while importing": (2, by_worker.killed_importing),
    "kill -9 while searching": (2, by_worker.killed_searching),
    "poisoned message": (5, by_worker.message_poisoned),
    "stored picture damaged": (2, by_worker.file_gone_bad),
}
"""Name → how often, beside the others, and what injects one."""


def measure() -> list[Measure]:
    """Inject them and count."""
    chosen = {name: KINDS[name] for name in KINDS if not CHOSEN or any(word in name for word in CHOSEN.split(","))}
    for name in _impossible() & set(chosen):
        print(f"  {name}: not here, for it needs what this machine or account lacks.")
        del chosen[name]
    order = _order(chosen)
    counts = {name: Outcome() for name in chosen}
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all processes end with this one
    with campaign() as here:
        try:
            for number, name in enumerate(order):
                if number % 25 == 24:
                    print(f"  {number + 1} of {len(order)} after {time.monotonic() - begun:.0f} s", flush=True)
                if time.monotonic() - begun > SECONDS:
                    print(f"  Time is over: {sum(one.injected for one in counts.values())} of {FAULTS} were injected.")
                    break
                found = chosen[name][1](here)
                counts[name] += found
                if found.wrong:
                    print(f"  {name}: {found}", flush=True)
        except BaseException:
            _told(counts)  # what hours have found is not for nothing
            raise
        left = by_machine.nothing_left(here)
        print(f"  Workers that ended by themselves and were started again: {here.site.restarts}")
    counts["left at the end"] = left
    _told(counts)
    return [
        Row(f"faults: {name}", float(one.wrong), "wrong", "injected", float(one.injected), **vars(one))
        for name, one in counts.items()
    ]


def _impossible() -> set[str]:
    """Return the kinds that this machine cannot have: who is not root mounts no small disk, and Chromium is not there
    everywhere."""
    return (set() if mountable() else NEEDS_DISK) | (NEEDS_BROWSER if missing() else set())


def _order(chosen: dict[str, tuple[int, Callable[[Campaign], Outcome]]]) -> list[str]:
    """Each kind by its share, at least once where there is room, mixed."""
    total = sum(share for share, _ in chosen.values())
    names = [name for name, (share, _) in chosen.items() for _ in range(max(1, round(FAULTS * share / total)))]
    random.Random(SEED).shuffle(names)
    return names


@contextmanager
def campaign() -> Iterator[Campaign]:
    """An installation with everything of its own, in a folder that goes at the end."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as ends:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL has another owner
        disk = ends.enter_context(small_disk(folder / "rows", ROWS_MB)) if mountable() else None
        postgres, broker = Postgres((disk.folder if disk else folder) / "postgres"), Broker(folder)
        site = Site(folder / "site", {"DATABASE_URL": postgres.url, "MASKWRIGHT_BROKER_URL": broker.url})
        site.folder.mkdir()
        try:
            postgres.start()
            broker.start()
            team = site.seed(PEOPLE, PEOPLE + 1, 10)
            site.manage("shell", "-c", "from annotator.inference.services import ensure_builtin_model as e; e()")
            site.start_web()
            site.start_worker()
            site.tend()
            here = Campaign(site, team, postgres, broker, SEED)
            here.rows_disk = disk
            here.arrive()
            with here.until_the_end:
                yield here
        finally:
            site.stop()
            broker.kill()
            postgres.stop("immediate")


def _told(counts: dict[str, Outcome]) -> None:
    print("  | kind | injected | lost | doubled | stuck | unexplained |")
    total = Outcome()
    for name, one in counts.items():
        total += one
        print(f"  | {name} | {one.injected} | {one.lost} | {one.doubled} | {one.stuck} | {one.unexplained} |")
    print(f"  | all | {total.injected} | {total.lost} | {total.doubled} | {total.stuck} | {total.unexplained} |")

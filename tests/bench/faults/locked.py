"""SQLite: another program holds its lock for seconds while people save. An installation of its own."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.faults.campaign import Campaign
from tests.bench.faults.desk import Desk, working
from tests.bench.faults.machine import Site
from tests.bench.faults.outcome import Outcome
from tests.bench.team.person import Person

BUSY = (503, "database_busy")
PEOPLE = 3


@contextmanager
def small_site(seed: int, people: int = PEOPLE) -> Iterator[tuple[Site, list[Desk]]]:
    """An installation on SQLite without a worker, and people in it, each with an image."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), {"DATABASE_URL": "", "MASKWRIGHT_BROKER_URL": ""})
        with seated(site, people, seed) as desks:
            yield site, desks


@contextmanager
def seated(site: Site, people: int, seed: int) -> Iterator[list[Desk]]:
    """Start an installation's web process, and seat people at it, each with an image; it ends with them."""
    team = site.seed(people, people, 5)
    try:
        site.start_web()
        desks = [
            Desk(Person(site.port, name), team, team["images"][at], random.Random(seed + at))
            for at, name in enumerate(team["people"])
        ]
        for desk in desks:
            desk.arrive()
        yield desks
    finally:
        site.stop()


def database_locked(campaign: Campaign) -> Outcome:
    """The lock is held for 1 to 4 seconds, once in four for longer than anybody waits."""
    chance = campaign.chance
    site, desks = campaign.own("small", lambda: small_site(chance.getrandbits(32)))
    with working(desks):
        time.sleep(chance.uniform(0.1, 0.5))
        hold(site, 24.0 if chance.random() < 0.25 else chance.uniform(1.0, 4.0))
    found = Outcome(injected=1)
    for desk in desks:
        found += desk.judged(BUSY)
    return found


def hold(site: Site, seconds: float) -> None:
    """Hold the write lock of an installation's database for so long."""
    line = sqlite3.connect(site.folder / "maskwright.sqlite3", timeout=30, isolation_level=None)
    try:
        line.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        line.execute("ROLLBACK")
    finally:
        line.close()

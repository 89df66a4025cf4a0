"""Faults of a bucket, in an installation whose files lie in one."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.bench.faults.bucket import Bucket, bucket
from tests.bench.faults.campaign import RUN_SECONDS, Campaign, picture, send_file
from tests.bench.faults.desk import Desk, working
from tests.bench.faults.locked import BUSY, seated
from tests.bench.faults.machine import Site, until
from tests.bench.faults.outcome import Outcome, explained, is_sentence, unless
from tests.bench.team.person import Person
from tests.bench.team.seed import PASSWORD

TOLD = {
    "busy": (503, "storage_unavailable"), "broken": (503, "storage_unavailable"), "cut": (503, "storage_unavailable"),
    "hang": (503, "storage_unavailable"), "denied": (503, "storage_read_only"), "full": (507, "disk_full"),
}  # fmt: skip
PEOPLE = 2
UNENDED = "SELECT count(*) FROM runs_run WHERE state IN ('queued', 'running')"


class Stored:
    """The installation, its people and its bucket."""

    def __init__(self, site: Site, desks: list[Desk], store: Bucket) -> None:
        self.site, self.desks, self.store = site, desks, store
        self.place = f"/api/v1/projects/{desks[0].team['project']}/"
        self.lead = Person(site.port, desks[0].team["people"][0])
        self.lead.sign_in(PASSWORD)
        self.judged_runs: set[str] = set()
        self.picture = self.lead.api("GET", f"images/{desks[0].image}/").json()["urls"]["full"]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query of its database."""
        with closing(sqlite3.connect(self.site.folder / "maskwright.sqlite3", timeout=60)) as line:
            return line.execute(query, values).fetchall()

    def idle(self) -> bool:
        """Wait until no run is queued or running; False when some still are after the time a run may take."""
        return until(lambda: self.rows(UNENDED)[0][0] == 0, RUN_SECONDS)

    def failures(self) -> Outcome:
        """Judge what the runs say that failed since the last time."""
        found = Outcome()
        for run, kind, error in self.rows(FAILED):
            if run not in self.judged_runs:
                self.judged_runs.add(run)
                found += unless(is_sentence(error), f"a run of {kind} failed", error)
        return found


@contextmanager
def in_a_bucket(seed: int) -> Iterator[Stored]:
    """Make it: SQLite, a web process, a worker."""
    with tempfile.TemporaryDirectory() as name, bucket() as store:
        site = Site(Path(name), {"DATABASE_URL": "", "MASKWRIGHT_BROKER_URL": ""} | store.env)
        with seated(site, PEOPLE, seed) as desks:
            site.manage("shell", "-c", "from annotator.inference.services import ensure_builtin_model as e; e()")
            site.start_worker()
            site.tend()
            yield Stored(site, desks, store)


def bucket_troubled(campaign: Campaign) -> Outcome:
    """The bucket is busy, broken, full, closed to us, cut off, slow or silent: objects are saved all the same, an
    upload is refused with the reason (or only takes longer), a picture says why it can't be had; then all of it
    works."""
    here = campaign.own("bucket", lambda: in_a_bucket(campaign.chance.getrandbits(32)))
    do, chance = campaign.chance.choice([*TOLD, "slow"]), campaign.chance
    before, name, data = campaign.name("before"), campaign.name("bucket"), picture(chance)
    first = send_file(here.lead, f"{here.place}images/", before, picture(chance))
    found = unless(first.status == 201, "upload before", first)
    found.injected = 1
    here.store.seconds, here.store.do = chance.uniform(0.2, 1.5), do
    with working(here.desks):
        answer = send_file(here.lead, f"{here.place}images/", name, data)
        wanted = answer.status == 201 if do == "slow" else answer.status >= 400 and explained(answer, TOLD[do])
        found += unless(wanted, f"upload while the bucket is {do}", answer)
        shown = here.lead.ask("GET", here.picture)
        found += unless(explained(shown, (503, "storage_unavailable"), TOLD.get(do, BUSY)), f"picture, {do}", shown)
        time.sleep(chance.uniform(0.0, 1.0))
    here.store.do = ""
    for desk in here.desks:
        found += desk.judged(BUSY)
    again = send_file(here.lead, f"{here.place}images/", name, data)
    found += unless(again.status == (409 if do == "slow" else 201), "upload when it is well again", again)
    found.stuck += not here.idle()
    for one in (before, name):
        query = "SELECT count(*) FROM inference_embedding e JOIN projects_image i ON i.id = e.image_id WHERE i.name = ?"
        count = here.rows(query, one)[0][0]
        if count != 1:
            print(f"    embeddings of {one} after {do}: {count}; {here.rows(LAST)}", flush=True)
        found += Outcome(lost=int(count == 0), doubled=max(0, count - 1))
    found += here.failures()
    return found


LAST = "SELECT kind, state, error FROM runs_run ORDER BY created DESC LIMIT 3"
FAILED = "SELECT id, kind, error FROM runs_run WHERE state = 'failed'"

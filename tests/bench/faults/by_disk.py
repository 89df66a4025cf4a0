"""Full disks: that of the database server, and that of a small installation with everything on it."""

from __future__ import annotations

import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.faults.campaign import Campaign, picture, send_file
from tests.bench.faults.desk import Desk, working
from tests.bench.faults.disk import Disk, small_disk
from tests.bench.faults.locked import BUSY, seated
from tests.bench.faults.machine import Site, until
from tests.bench.faults.outcome import Outcome, explained, unless
from tests.bench.team.person import Person
from tests.bench.team.seed import PASSWORD

DISK_FULL, DATABASE_AWAY = (507, "disk_full"), (503, "database_unavailable")
SMALL_MB = 160
PEOPLE = 3
STALE_SECONDS = 4.0
"""An answer about readiness stands for 2 seconds (`annotator.lib.probes`); later it has to be the new one."""


def database_disk_full(campaign: Campaign) -> Outcome:
    """The disk of PostgreSQL is full while everybody saves: what was acknowledged is there, once there is room and the
    server, which may end itself for want of a log, is started again."""
    disk = campaign.rows_disk
    assert disk is not None
    with working(campaign.desks):
        time.sleep(campaign.chance.uniform(0.1, 0.5))
        disk.fill()
        time.sleep(campaign.chance.uniform(0.3, 1.5))
        if campaign.chance.random() < 0.5:
            campaign.postgres.demand_log()
        disk.make_room()
        campaign.postgres.ensure()
    return campaign.judged(DISK_FULL, DATABASE_AWAY)


class FullSite:
    """An installation on SQLite with all its files on one small disk."""

    def __init__(self, site: Site, desks: list[Desk], disk: Disk) -> None:
        self.site, self.desks, self.disk = site, desks, disk
        self.lead = Person(site.port, desks[0].team["people"][0])
        self.lead.sign_in(PASSWORD)

    def ready(self) -> bool:
        """Whether the server says of itself that people can work with it."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.site.port}/readyz", timeout=60).close()
        except urllib.error.HTTPError:
            return False
        return True


@contextmanager
def full_site(seed: int) -> Iterator[FullSite]:
    """Make it, with a disk of its own."""
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name) / "disk", SMALL_MB) as disk:
        site = Site(
            disk.folder / "var", {"DATABASE_URL": "", "MASKWRIGHT_BROKER_URL": "", "MASKWRIGHT_MIN_FREE_MB": "8"}
        )
        site.folder.mkdir()
        with seated(site, PEOPLE, seed) as desks:
            yield FullSite(site, desks, disk)


def disk_full(campaign: Campaign) -> Outcome:
    """Database, pictures and logs have not a byte left while people save and upload: both are refused with the reason,
    the server says that it is not ready; then there is room, and all of it arrives."""
    here = campaign.own("full disk", lambda: full_site(campaign.chance.getrandbits(32)))
    name, data = campaign.name("full"), picture(campaign.chance)
    place = f"/api/v1/projects/{here.desks[0].team['project']}/images/"
    with working(here.desks):
        time.sleep(campaign.chance.uniform(0.1, 0.5))
        here.disk.fill()
        answer = send_file(here.lead, place, name, data)
        found = Outcome(injected=1)
        found += unless(answer.status >= 400 and explained(answer, DISK_FULL), "upload on a full disk", answer)
        unready = until(lambda: not here.ready(), STALE_SECONDS)
        found += unless(unready, "readiness on a full disk", "ready")
        time.sleep(campaign.chance.uniform(0.2, 1.5))
        here.disk.make_room()
    for desk in here.desks:
        found += desk.judged(DISK_FULL, BUSY)
    again = send_file(here.lead, place, name, data)
    if again.status != 201 or not until(here.ready):
        print(f"    upload when there is room again: {again.status} {again.body[:200]!r}", flush=True)
        found.stuck += 1
    return found

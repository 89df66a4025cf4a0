"""Faults of the server's parts while people work: web processes, database, broker and storage."""

from __future__ import annotations

import time

from tests.bench.faults.campaign import Campaign, picture
from tests.bench.faults.desk import working
from tests.bench.faults.outcome import NO_ANSWER, Outcome, explained, is_sentence, unless

DATABASE_AWAY, DATABASE_BUSY = (503, "database_unavailable"), (503, "database_busy")
STORAGE = {
    "full": (507, "disk_full"), "read-only": (503, "storage_read_only"), "failing": (503, "storage_unavailable"),
}  # fmt: skip


def web_killed(campaign: Campaign) -> Outcome:
    """kill -9 of all web processes while everybody saves, and a start."""
    with working(campaign.desks):
        time.sleep(campaign.chance.uniform(0.2, 1.0))
        campaign.site.kill_web()
        campaign.site.start_web()
    return campaign.judged(NO_ANSWER)


def connections_cut(campaign: Campaign) -> Outcome:
    """The database ends all its connections while everybody saves and a picture is encoded."""
    name = campaign.name("cut")
    found = campaign.uploaded(name, picture(campaign.chance))
    with working(campaign.desks):
        time.sleep(campaign.chance.uniform(0.1, 0.6))
        campaign.postgres.cut()
        time.sleep(0.2)
    found += campaign.judged(DATABASE_AWAY)
    found += campaign.embedded(name)
    return found


def database_restarted(campaign: Campaign) -> Outcome:
    """The database server crashes while everybody saves and a picture is encoded, and recovers."""
    name = campaign.name("crash")
    found = campaign.uploaded(name, picture(campaign.chance))
    with working(campaign.desks):
        time.sleep(campaign.chance.uniform(0.1, 0.6))
        campaign.postgres.stop("immediate")
        time.sleep(campaign.chance.uniform(0.1, 1.0))
        campaign.postgres.start()
    found += campaign.judged(DATABASE_AWAY)
    found += campaign.embedded(name)
    return found


def broker_killed(campaign: Campaign) -> Outcome:
    """The broker dies with all its messages while everybody saves; a picture that comes meanwhile is encoded once the
    broker is back."""
    before, meanwhile = campaign.name("queued"), campaign.name("unsent")
    found = campaign.uploaded(before, picture(campaign.chance))
    with working(campaign.desks):
        campaign.broker.kill()
        found += campaign.uploaded(meanwhile, picture(campaign.chance))
        time.sleep(campaign.chance.uniform(0.1, 1.0))
        campaign.broker.start()
    found += campaign.judged()
    found += campaign.embedded(before)
    found += campaign.embedded(meanwhile)
    return found


def storage_broken(campaign: Campaign) -> Outcome:
    """The storage is full, read-only or fails for web processes and workers: objects are saved all the same, an upload
    is refused with the reason, an export ends with it; an encoding waits or ends with it. Then all of it works."""
    do = campaign.chance.choice(list(STORAGE))
    name, refused = campaign.name("encoded"), campaign.name("refused")
    data = picture(campaign.chance)
    found = campaign.uploaded(name, picture(campaign.chance))
    campaign.site.fault(do, on="save")
    answer = campaign.upload(refused, data)
    refused_well = answer.status >= 400 and explained(answer, STORAGE[do])
    found += unless(refused_well, f"upload on {do} storage", answer)
    found.doubled += campaign.number("SELECT count(*) FROM projects_image WHERE name = %s", refused)
    for desk in campaign.desks:
        desk.save()
    export = campaign.lead.person.api("POST", f"projects/{campaign.team['project']}/exports/", {"format": "csv"})
    run = str(export.json().get("id", ""))
    found += unless(export.status == 202, "export", export)
    found += campaign.ended(run, wanted="failed")
    campaign.site.mend()
    found += campaign.judged()
    found += campaign.uploaded(refused, data)
    again = campaign.lead.person.api("POST", f"runs/{run}/retry/")
    found += unless(again.status == 200, "another try of the export", again)
    found += campaign.ended(run)
    found.doubled += campaign.number("SELECT count(*) FROM datasets_archive WHERE run_id = %s", run) - 1
    found += campaign.embedded(refused)
    found += campaign.embedded(name)
    return found


def storage_slow(campaign: Campaign) -> Outcome:
    """Each access to the storage takes a while: everybody saves on, and uploads and encodings arrive."""
    name = campaign.name("slow")
    campaign.site.fault("slow", seconds=campaign.chance.uniform(0.2, 1.5))
    try:
        with working(campaign.desks):
            found = campaign.uploaded(name, picture(campaign.chance))
            found += campaign.embedded(name)
    finally:
        campaign.site.mend()
    found += campaign.judged()
    return found


def nothing_left(campaign: Campaign) -> Outcome:
    """At the end of all: no run is queued or running for ever, and whatever failed says why."""
    found = Outcome(stuck=campaign.idle())
    for kind, state, message in campaign.postgres.ask(
        "SELECT kind, state, message FROM runs_run WHERE state IN ('queued', 'running')"
    ):
        print(f"    left: {kind} {state}: {message}", flush=True)
    for kind, error in campaign.postgres.ask("SELECT kind, error FROM runs_run WHERE state = 'failed'"):
        found += unless(is_sentence(error), f"a run of {kind} failed", error)
    return found

"""Faults of workers: kill -9 in the middle of each kind of work, messages that are none, pictures that went bad."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.faults.campaign import Campaign, picture
from tests.bench.faults.machine import until
from tests.bench.faults.outcome import Outcome


def killed_during(campaign: Campaign, begin: Callable[[], Any], after: int, on: str = "save") -> Any:
    """Hold the worker at its access number `after` to the storage, kill it there, and start another. Returns what
    `begin` does; raises RuntimeError when the worker did not get there."""
    campaign.idle()
    campaign.site.fault("hold", who="worker", on=on, after=after)
    try:
        begun = begin()
        if not until(campaign.site.held):
            raise RuntimeError("The worker did not come to the storage.")
        if campaign.chance.random() < 0.3:  # somewhere behind it
            campaign.site.mend()
            time.sleep(campaign.chance.uniform(0.0, 0.4))
        campaign.site.kill_workers()
    finally:
        campaign.site.mend()
    campaign.site.start_worker()
    return begun


def killed_encoding(campaign: Campaign) -> Outcome:
    """kill -9 while an embedding is stored."""
    name = campaign.name("encode")
    found = killed_during(campaign, lambda: campaign.uploaded(name, picture(campaign.chance)), 0)
    found += campaign.judged()
    found += campaign.embedded(name)
    return found


def killed_exporting(campaign: Campaign) -> Outcome:
    """kill -9 while an archive is stored: there is one in the end, whole."""
    place = f"projects/{campaign.team['project']}/exports/"
    answer = killed_during(campaign, lambda: campaign.lead.person.api("POST", place, {"format": "coco"}), 0)
    run = answer.json()["id"]
    found = campaign.judged()
    found += campaign.ended(run)
    made = campaign.postgres.ask("SELECT id, bytes FROM datasets_archive WHERE run_id = %s", run)
    found += Outcome(lost=int(not made), doubled=max(0, len(made) - 1))
    if made:
        whole = campaign.lead.person.api("GET", f"exports/{made[0][0]}/download/")
        readable = whole.status == 200 and zipfile.ZipFile(io.BytesIO(whole.body)).testzip() is None
        found.lost += not readable or len(whole.body) != made[0][1]
    return found


PICTURES = 3


def data_set(campaign: Campaign) -> tuple[str, bytes]:
    """Return a name, and a COCO data set of pictures with it in their names, two objects each."""
    name = f"set{campaign.chance.getrandbits(40):010x}"
    images, objects = [], []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(1, PICTURES + 1):
            file = f"{name}-{at}.png"
            images.append({"id": at, "file_name": file, "width": 128, "height": 96})
            archive.writestr(f"images/{file}", picture(campaign.chance))
            for x in (10, 60):
                corners = [x, 10, x + 30, 10, x + 30, 50, x, 50]
                objects.append(
                    {"id": len(objects) + 1, "image_id": at, "category_id": 1, "segmentation": [corners], "iscrowd": 0,
                     "bbox": [x, 10, 30, 40], "area": 1200}
                )  # fmt: skip
        about = {"images": images, "annotations": objects, "categories": [{"id": 1, "name": "label 0"}]}
        archive.writestr("annotations/instances.json", json.dumps(about))
    return name, out.getvalue()


def killed_importing(campaign: Campaign) -> Outcome:
    """kill -9 while pictures of a data set are stored: in the end all of it is there, once."""
    name, data = data_set(campaign)
    answer = campaign.send_file(f"/api/v1/projects/{campaign.team['project']}/imports/", f"{name}.zip", data)
    key = answer.json()["id"]
    found = campaign.ended(subject=key)
    killed_during(
        campaign, lambda: campaign.lead.person.api("POST", f"imports/{key}/start/", {}),
        campaign.chance.randrange(2 * PICTURES),
    )  # fmt: skip
    found += campaign.judged()
    found += campaign.ended(subject=key)
    told = campaign.lead.person.api("GET", f"imports/{key}/").json()
    found.lost += told["result"]["made"] != {**told["result"]["made"], "image": PICTURES, "annotation": 2 * PICTURES}
    for table, wanted in (("projects_image AS i", PICTURES), (
        "annotations_annotation AS a JOIN projects_image AS i ON i.id = a.image_id", 2 * PICTURES,
    )):  # fmt: skip
        count = campaign.number(f"SELECT count(*) FROM {table} WHERE i.name LIKE %s", f"{name}%")
        found += Outcome(lost=max(0, wanted - count), doubled=max(0, count - wanted))
    return found


def killed_searching(campaign: Campaign) -> Outcome:
    """kill -9 while masks are searched and arrive: in the end the search is there once, each mask once."""
    image = campaign.chance.choice(campaign.desks).image
    limits = {"points_per_side": 6, "predicted_iou": 0.3, "stability": 0.3}
    answer = killed_during(
        campaign, lambda: campaign.lead.person.api("POST", f"images/{image}/automask/", {"params": limits}),
        campaign.chance.randrange(2), on="open",
    )  # fmt: skip
    run = answer.json()["id"]
    found = campaign.judged()
    found += campaign.ended(run)
    searches = campaign.postgres.ask("SELECT id, kept FROM suggestions_search WHERE run_id = %s", run)
    found += Outcome(lost=int(not searches), doubled=max(0, len(searches) - 1))
    for key, kept in searches:
        masks = "SELECT count(DISTINCT rle::text), count(*) FROM suggestions_suggestion WHERE search_id = %s"
        ((different, stored),) = campaign.postgres.ask(masks, key)
        found += Outcome(lost=max(0, kept - stored), doubled=stored - different)
    return found


def message_poisoned(campaign: Campaign) -> Outcome:
    """Something in the queue is no message, or one about nothing: the worker goes on with what comes after it."""
    from celery import Celery
    from redis import Redis

    chance, sender = campaign.chance, Celery(broker=campaign.broker.url)
    queue, way = chance.choice(["default", "gpu"]), chance.randrange(6)
    raw = [b"\xff\xfe no JSON", b"{}", b'{"body": "!", "headers": {}, "properties": {}}', b"[1, 2]"]
    if way < len(raw):
        Redis("127.0.0.1", campaign.broker.port).lpush(queue, raw[way])
    elif way == len(raw):
        sender.send_task("annotator.no_such_task", args=[{"a": 1}], queue=queue)
    else:
        words = chance.choice([["no id"], [], [str(uuid.UUID(int=chance.getrandbits(128)))], [None, 2]])
        sender.send_task("annotator.execute_run", args=words, queue=queue)
    name = campaign.name("behind")
    found = campaign.uploaded(name, picture(chance))
    found += campaign.judged()
    found += campaign.embedded(name)
    if found.wrong:
        print(f"    poisoned message {way} in {queue}; worker ended: {campaign.site.workers[-1].poll()}", flush=True)
    return found


def file_gone_bad(campaign: Campaign) -> Outcome:
    """A stored picture's bytes are damaged: a search of it fails with a sentence, and the worker goes on."""
    name, behind = campaign.name("rotten"), campaign.name("behind")
    found = campaign.uploaded(name, picture(campaign.chance))
    found += campaign.embedded(name)
    key = campaign.subject(name)
    ((sha256,),) = campaign.postgres.ask("SELECT sha256 FROM projects_image WHERE id = %s", key)
    campaign.postgres.ask("DELETE FROM inference_embedding WHERE image_id = %s RETURNING id", key)
    blob = Path(campaign.site.folder) / "blobs" / sha256[:2] / sha256
    whole = blob.read_bytes()
    blob.write_bytes(whole[: campaign.chance.randrange(20, len(whole) - 20)])
    answer = campaign.lead.person.api("POST", f"images/{key}/automask/", {"params": {"points_per_side": 4}})
    found += campaign.ended(answer.json()["id"], wanted="failed")
    found += campaign.uploaded(behind, picture(campaign.chance))
    found += campaign.embedded(behind)
    found += campaign.judged()
    return found


def clock_of_a_worker(campaign: Campaign) -> Outcome:
    """A worker's clock is wrong by seconds to days, beside one whose clock is right: pictures are encoded and an export
    is made, once, and nobody takes the other's work away."""
    chance = campaign.chance
    skew = chance.choice([-1, 1]) * 10 ** chance.uniform(1, 5.5)
    names = [campaign.name("skewed") for _ in range(3)]
    with campaign.site.another_clock(skew):
        found = Outcome()
        for name in names:
            found += campaign.uploaded(name, picture(chance))
        place = f"projects/{campaign.team['project']}/exports/"
        run = campaign.lead.person.api("POST", place, {"format": "coco"}).json()["id"]
        for name in names:
            found += campaign.embedded(name)
        found += campaign.ended(run)
        tried = "SELECT count(*) FROM runs_run WHERE (id = %s OR subject = ANY(%s)) AND attempts > 1"
        again = campaign.number(tried, run, [campaign.subject(name) for name in names])
    if again:
        print(f"    a clock wrong by {skew:.0f} s: {again} runs were taken away from their worker", flush=True)
    found.doubled += again
    found += campaign.judged()
    return found

"""Rows of the history: who may change objects may put an image back; a person's work is undone by who manages."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils import timezone

from annotator.annotations.services import create
from annotator.history import services
from annotator.history.plans import Wanted
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World

API = "/api/v1"
IMAGE = API + "/images/{image}/history"
PROJECT = API + "/projects/{project}/history"
TIME = "since=2001-01-01T00:00:00Z&until=2100-01-01T00:00:00Z"


def _drawn(world: World) -> dict[str, str]:
    world.image.refresh_from_db()
    if not world.image.annotation_seq:
        create(world.image, world.bob, None, {"rle": mask_of(world)})
        world.image.refresh_from_db()
    return {"bob": str(world.bob.pk)}


def _put_back(world: World) -> dict[str, str]:
    names = _drawn(world)
    act = services.put_back(world.image, world.alice, 0, world.image.annotation_seq)
    return names | {"act": str(act.pk)}


def _undone(world: World) -> dict[str, str]:
    names = _drawn(world)
    now = timezone.now()
    act = services.undo_work(
        world.project, world.alice, Wanted(world.bob.pk, now - timedelta(days=1), now + timedelta(days=1))
    )
    assert act.run is not None
    act.run.state = "succeeded"
    act.run.save()
    return names | {"work": str(act.pk)}


WORK = {"person": "{bob}", "since": "2001-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
Page = partial(Row, "get", nobody=302)

ROWS = [
    Row("get", f"{IMAGE}/", "viewer"),
    Row("get", f"{IMAGE}/look/?seq=0", "viewer", prepare=_drawn),
    Row("post", f"{IMAGE}/restore/", "annotator", 201, {"seq": 0, "seen": 1}, prepare=_drawn),
    Page("/projects/{project}/history/", "manager"),
    Page("/projects/{project}/images/{image}/history/", "viewer"),
    Page("/images/{image}/history/1.png", "viewer", prepare=_drawn),
    Row("get", f"{PROJECT}/", "manager", prepare=_undone),
    Row("post", f"{PROJECT}/", "manager", 202, WORK, prepare=_drawn),
    Row("get", f"{PROJECT}/look/?person={{bob}}&{TIME}", "manager", prepare=_drawn),
    Row("post", f"{API}/history/{{act}}/undo/", "annotator", prepare=_put_back),
    Row("post", f"{API}/history/{{work}}/undo/", "manager", 202, prepare=_undone),
]

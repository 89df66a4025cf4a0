"""Rows of retraining."""

from __future__ import annotations

from annotator.projects.choices import ImageState
from annotator.tuning.models import Retraining
from tests.annotator.permissions.row import Row
from tests.annotator.tuning.material import masks_on, retraining
from tests.annotator.world import World, make_image

API = "/api/v1"
PROJECT = API + "/projects/{project}"
ONE = API + "/retrainings/{retraining}"


def _material(world: World) -> dict[str, str]:
    world.project.model_version = world.model
    world.project.save()
    for number in range(5):
        masks_on(world, make_image(world.project, f"{number}.png"), 2)
    world.project.images.update(state=ImageState.DONE)
    return {}


def _retraining(world: World) -> dict[str, str]:
    row: Retraining = retraining(world, verdict="better")
    return {"retraining": str(row.pk)}


def _promoted(world: World) -> dict[str, str]:
    from annotator.tuning import services

    row = retraining(world, verdict="better")
    services.promote(row, world.alice, knowing=False)
    return {"retraining": str(row.pk)}


ROWS = [
    Row("get", f"{PROJECT}/retrainings/", "viewer", prepare=_retraining),
    Row("post", f"{PROJECT}/retrainings/", "manager", 202, {}, prepare=_material),
    Row("get", f"{PROJECT}/retrainings/material/", "viewer"),
    Row("get", f"{PROJECT}/retrainings/effect/", "viewer", prepare=_promoted),
    Row("get", f"{PROJECT}/retrainings/rule/", "viewer"),
    Row("patch", f"{PROJECT}/retrainings/rule/", "manager", 200, {"active": True}),
    Row("post", f"{PROJECT}/retrainings/roll-back/", "manager", prepare=_promoted),
    Row("get", f"{ONE}/", "viewer", prepare=_retraining),
    Row("post", f"{ONE}/promote/", "manager", 200, {}, prepare=_retraining),
]

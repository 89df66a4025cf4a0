"""Rows of what follows a sequence of images."""

from __future__ import annotations

from annotator.annotations import services
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World, make_image, upload

API = "/api/v1"
PROMPTS = {"prompts": [{"points": [{"x": 5, "y": 5}]}]}


def _an_object_and_a_next_image(world: World) -> dict[str, str]:
    world.project.model_version = world.model
    world.project.save()
    make_image(world.project, "next.png")
    services.create(world.image, world.bob, None, {"rle": mask_of(world)})
    return {}


def _video(world: World) -> dict[str, object]:
    return {"file": upload(b"\x00\x00\x00\x20ftypisom", "trip.mp4"), "every": 1}


ROWS = [
    Row("post", API + "/projects/{project}/videos/", "manager", 202, _video, form=True),
    Row("get", API + "/images/{image}/tracks/", "viewer", 200),
    Row("post", API + "/images/{image}/propagate/", "annotator", 202, {}, prepare=_an_object_and_a_next_image),
    Row("post", API + "/images/{image}/propagate/", "annotator", 202, PROMPTS, prepare=_an_object_and_a_next_image),
]

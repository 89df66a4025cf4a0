"""Rows of evaluations."""

from __future__ import annotations

from annotator.annotations import services
from annotator.evaluations.models import Evaluation, Example
from annotator.lib import storage
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World

API = "/api/v1"
PROJECT = API + "/projects/{project}"
ONE = API + "/evaluations/{evaluation}"


def _mask(world: World) -> dict[str, str]:
    world.project.model_version = world.model
    world.project.save()
    services.create(world.image, world.bob, None, {"rle": mask_of(world)})
    return {}


def _evaluation(world: World) -> dict[str, str]:
    row = Evaluation.objects.create(
        project=world.project, model_version=world.model, model_name="tiny 1", images=1,
        summary={"overall": {"miou_1_top": 0.5}, "sets": {}, "baselines": {}, "n": 1, "intervals": {}},
    )  # fmt: skip
    example = Example.objects.create(
        evaluation=row, image=world.image, rank=0, best=True, iou=0.5, sha256=storage.put_bytes(b"a drawing")
    )
    return {"evaluation": str(row.pk), "example": str(example.pk), "sha": example.sha256}


ROWS = [
    Row("get", f"{PROJECT}/evaluations/", "viewer", prepare=_evaluation),
    Row("post", f"{PROJECT}/evaluations/", "manager", 202, {}, prepare=_mask),
    Row("get", f"{ONE}/", "viewer", prepare=_evaluation),
    Row("delete", f"{ONE}/", "manager", 204, prepare=_evaluation),
    Row("get", "/files/examples/{example}/{sha}", "viewer", prepare=_evaluation),
]

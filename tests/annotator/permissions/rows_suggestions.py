"""Rows of suggestions."""

from __future__ import annotations

from annotator.runs.models import Run
from annotator.suggestions.models import BoxPrompts, Search, Suggestion
from export import rle
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World, make_words_model

API = "/api/v1"
PROJECT = API + "/projects/{project}"
IMAGE = API + "/images/{image}"
ONE = API + "/suggestions/{suggestion}"

BOXES = {"results": [{"file_name": "cat.png", "bbox": [0, 0, 9, 9]}]}
WORDS = {"phrases": [{"words": "cat"}]}


def _words(world: World) -> dict[str, str]:
    make_words_model()
    return {}


def _model(world: World) -> dict[str, str]:
    world.project.model_version = world.model
    world.project.save()
    return {}


def _box_masks(world: World) -> dict[str, str]:
    run = Run.objects.create(kind="boxes", project=world.project, state="succeeded")
    BoxPrompts.objects.create(run=run, as_file=True, boxes={})
    return {"run": str(run.pk)}


def _suggestion(world: World) -> dict[str, str]:
    search = Search.objects.create(image=world.image, model_version=world.model, found=1, kept=1)
    packed = rle.validate(mask_of(world), world.image.height, world.image.width)
    made = Suggestion.objects.create(
        image=world.image, search=search, model_version=world.model, rank=0, rle=packed.to_json(),
        area=rle.area(packed), bbox=[0, 0, 1, world.image.height], predicted_iou=0.9, stability_score=0.9,
        point=[0.5, 0.5],
        crop_box=[0, 0, world.image.width, world.image.height],
    )  # fmt: skip
    return {"suggestion": str(made.pk)}


ROWS = [
    Row("get", f"{PROJECT}/automask/", "viewer"),
    Row("patch", f"{PROJECT}/automask/", "manager", body={"preset": "paper"}),
    Row("post", f"{PROJECT}/automask/", "manager", 202, {}, prepare=_model),
    Row("get", f"{PROJECT}/automask/preview/", "viewer"),
    Row("post", f"{IMAGE}/automask/preview/", "manager", 202, {}, prepare=_model),
    Row("post", f"{PROJECT}/boxes/", "manager", 202, BOXES, prepare=_model),
    Row("post", f"{PROJECT}/words/", "manager", 202, WORDS, prepare=_words),
    Row("post", f"{IMAGE}/words/", "annotator", 202, WORDS, prepare=_words),
    Row("get", API + "/runs/{run}/boxes/", "manager", prepare=_box_masks),
    Row("get", f"{PROJECT}/audit/", "viewer"),
    Row("get", f"{PROJECT}/stages/", "viewer"),
    Row("get", f"{PROJECT}/stages/csv/", "viewer"),
    Row("get", f"{PROJECT}/suggestions/sample/", "viewer"),
    Row("post", f"{IMAGE}/automask/", "annotator", 202, {}, prepare=_model),
    Row("get", f"{IMAGE}/suggestions/", "viewer", prepare=_suggestion),
    Row("post", f"{IMAGE}/suggestions/bulk/", "annotator", body={"operations": []}),
    Row("post", f"{ONE}/accept/", "annotator", 201, {}, prepare=_suggestion),
    Row("post", f"{ONE}/reject/", "annotator", body={}, prepare=_suggestion),
    Row("post", f"{ONE}/reopen/", "annotator", body={}, prepare=_suggestion),
]

"""A detector's boxes become prompts, and their masks suggestions or a file."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco

from annotator.runs import lease, worker
from annotator.runs.models import Run
from annotator.suggestions.boxes import prompting, runner
from annotator.suggestions.models import BoxMask, Suggestion
from sam_backend import Embedding
from sam_backend.prompts import PromptTensors
from tests.annotator.known_model import SIDE, SURE, KnownModel
from tests.annotator.world import World, client_of, make_image

CATEGORIES = [{"id": 7, "name": "CAT"}, {"id": 9, "name": "unicorn"}]
EMPTY = 3.0
"""A box this wide holds nothing that this model sees."""


class Filling(KnownModel):
    """Its mask of a box is the box."""

    def decode(self, embedding: Embedding, prompt: PromptTensors) -> tuple[np.ndarray, np.ndarray]:
        ((left, top), (right, bottom)) = prompt.feeds()["point_coords"][0, -2:]
        logits = np.full((1, 4, SIDE, SIDE), -SURE, np.float32)
        if right - left > EMPTY:
            logits[0, 0, round(top) : round(bottom), round(left) : round(right)] = SURE
        return logits, np.array([[0.8, 0.1, 0.1, 0.1]])


@pytest.fixture
def boxed(world: World, lend: Callable[[Any], None], tmp_path: Path) -> World:
    """A project whose model fills boxes, with a second image in a folder."""
    lend(Filling(tmp_path))
    world.project.model_version = world.model
    world.project.save()
    other = make_image(world.project, "b.png")
    other.folder = "left"
    other.save()
    return world


@pytest.fixture
def send(boxed: World, api: Callable[..., Any]) -> Callable[..., Any]:
    """Alice, who manages the project, sends results."""

    def post(*results: dict[str, Any], **more: Any) -> Any:
        body = {"results": list(results), "categories": CATEGORIES} | more
        return api("post", f"projects/{boxed.project.pk}/boxes/", body, boxed.alice)

    return post


def box(x: float, y: float, width: float, height: float, **more: Any) -> dict[str, Any]:
    return {"bbox": [x, y, width, height], "file_name": "cat.png", "score": 0.5} | more


def areas() -> list[int]:
    return list(Suggestion.objects.order_by("-image__name", "rank").values_list("area", flat=True))


def test_boxes_become_suggestions_the_surest_first_with_labels_by_name(
    boxed: World, send: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    numbered = {"images": [{"id": 4, "file_name": "cat.png"}]}
    results = [
        {"image_id": 4, "category_id": 7, "bbox": [2, 10, 20, 10], "score": 0.4},
        {"image_id": 4, "category_id": 9, "bbox": [30, 10, 10, 30], "score": 0.9},
        box(0, 0, 10, 5, file_name="left/b.png", category="cat"),
    ]
    assert send(*results, **numbered)[0] == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    assert (run.result["boxes"], run.result["masks"], run.result["unlabelled"]) == (3, 3, ["unicorn"])
    rows = Suggestion.objects.filter(image=boxed.image).order_by("rank")
    assert [(row.bbox, row.area, row.label) for row in rows] == [
        ([30, 10, 10, 30], 300, None), ([2, 10, 20, 10], 200, boxed.label),
    ]  # fmt: skip
    assert areas() == [300, 200, 50]
    assert all(row.predicted_iou == 0.8 and row.model_version == boxed.model for row in rows)


def test_what_cannot_be_used_is_told_and_the_rest_is_done(
    send: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    bad = [
        box(0, 0, 9, 9, file_name="nowhere.png"), box(64, 0, 9, 9), box(0, 0, 0, 9), box(0, 0, 9, 9, score="high"),
        {"bbox": [1, 2, 3, "4"], "file_name": "cat.png"}, {"bbox": [0, 0, 5, 5], "image_id": 4}, ["no object"],
        {"bbox": [0, 0, 5, 5]}, box(0, 0, 9, 10**400), box(0, 0, 9, 9, score=10**400),
    ]  # fmt: skip
    assert send(*bad, box(-5, -5, 15, 15), box(20, 20, EMPTY, 9))[0] == 202
    (run,) = work_off()
    assert (run.result["refused"], run.result["boxes"], run.result["masks"]) == (len(bad), 2, 1)
    told = "\n".join(run.result["problems"])
    for words in (
        "called “nowhere.png”",
        "Nothing of its bbox",
        "score is no number",
        "four numbers",
        "Image 4",
        "no object",
    ):
        assert words in told
    assert areas() == [100]  # cut to the image


def test_nothing_that_can_be_used_is_refused_at_once(send: Callable[..., Any]) -> None:
    status, body = send(box(0, 0, 9, 9, file_name="nowhere.png"))
    assert status == 400
    assert "nowhere.png" in body["fields"]["results"][0]
    assert Run.objects.count() == 0


def test_new_boxes_replace_those_nobody_decided_on_and_no_search_does(
    boxed: World, send: Callable[..., Any], api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    send(box(2, 10, 20, 10), box(30, 10, 10, 30))
    work_off()
    kept, gone = Suggestion.objects.order_by("-area")
    assert api("post", f"suggestions/{kept.pk}/accept/", {})[0] == 201
    send(box(30, 10, 10, 30), box(2, 30, 10, 10))
    work_off()
    pending = Suggestion.objects.filter(state="pending")
    assert list(pending.values_list("area", flat=True)) == [100]  # the other is an object already
    assert not Suggestion.objects.filter(pk=gone.pk).exists()
    api("post", f"images/{boxed.image.pk}/automask/", {})
    work_off()
    assert pending.count() == 1


def test_a_file_holds_the_masks_of_all_boxes_and_suggests_nothing(
    boxed: World, send: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    results = [box(30, 10, 10, 30, image_id=4, category_id=9), box(2, 10, 20, 10, score=0.25)]
    status, run = send(*results, **{"as": "file", "images": [{"id": 4, "file_name": "cat.png"}]})
    client = client_of(boxed.alice)
    assert status == 202
    early = client.get(f"/api/v1/runs/{run['id']}/boxes/")
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    work_off()
    told = json.loads(b"".join(client.get(f"/api/v1/runs/{run['id']}/boxes/")))
    assert [(row["image_id"], row["category_id"], row["score"], row["bbox"]) for row in told] == [
        (4, 9, 0.5, [30, 10, 10, 30]), ("cat.png", None, 0.25, [2, 10, 20, 10]),
    ]  # fmt: skip
    assert [int(coco.area(row["segmentation"])) for row in told] == [300, 200]
    assert not Suggestion.objects.exists()


def test_a_run_that_died_goes_on_where_it_was(
    boxed: World, send: Callable[..., Any], work_off: Callable[[], list[Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def dies(version: Any, image: Any, boxes: Any) -> Any:
        asked.append(image.name)
        if len(asked) == 2:
            raise MemoryError
        return prompting.masks(version, image, boxes)

    monkeypatch.setattr(runner, "masks", dies)
    send(box(2, 10, 20, 10), box(0, 0, 10, 5, file_name="left/b.png"), **{"as": "file"})
    (run,) = work_off()
    assert "memory" in run.result["problems"][0]
    assert BoxMask.objects.count() == 1
    Run.objects.filter(pk=run.pk).update(state="queued", result={}, attempts=0)
    work_off()
    assert (asked, BoxMask.objects.count()) == ([asked[0], asked[1]], 1)


def test_boxes_step_back_for_an_image_that_somebody_opens(
    boxed: World, send: Callable[..., Any], api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    told = send(box(10, 10, 20, 20), box(10, 10, 20, 20, file_name="b.png"))[1]
    assert api("post", f"images/{boxed.image.pk}/embed/", {})[0] == 202
    run = lease.claim(uuid.UUID(told["id"]))
    worker.work(run)
    assert Run.objects.get(pk=told["id"]).state == "queued"
    opened = lease.claim_next(run.pk)
    assert opened.kind == "embed"
    Run.objects.filter(pk=opened.pk).update(state="succeeded")
    (done,) = work_off()
    assert (done.state, done.result["masks"]) == ("succeeded", 2)

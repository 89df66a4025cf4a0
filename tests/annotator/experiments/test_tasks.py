"""From the request to numbers: worked out by hand, or by pycocotools alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.datasets.snapshots import Wish, freeze
from annotator.experiments.models import Detections, Experiment
from annotator.runs.models import Run
from export import rle
from sam_backend.evaluation.paper.edges import matching
from tests.annotator.evaluations.conftest import HEIGHT, box
from tests.annotator.experiments.conftest import Filled, triangle
from tests.annotator.experiments.oracle import judged, precision, recall
from tests.annotator.known_model import KnownModel
from tests.annotator.suggestions.conftest import found
from tests.annotator.world import make_image


def numbers(run: Run) -> dict[str, Any]:
    assert run.state == "succeeded", run.error
    row = Experiment.objects.get(pk=run.result["experiment"])
    json.dumps(row.summary, allow_nan=False)
    return row.summary["overall"]


def plain(mask: rle.Rle) -> np.ndarray:
    return rle.decode(mask).astype(bool)


LEFT, RIGHT, CORNER = plain(box(0, 0, 32, HEIGHT)), plain(box(32, 0, 32, HEIGHT)), plain(triangle())
SQUARE = plain(box(36, 10, 24, 24))


def test_a_single_point_is_judged_by_the_best_scored_and_the_best_of_three(
    experiment: Callable[..., Run], filled: Filled
) -> None:
    run = experiment("point")
    # The left half as an answer to: itself, a triangle and a half that it does not touch.
    assert numbers(run) == {"miou_top": 0.3333, "miou_oracle": 0.3333}
    row = Experiment.objects.get()
    assert (row.summary["n"], row.summary["images"], row.model_name, row.source) == (3, 2, "tiny 1", "")
    low, high = row.summary["intervals"]["miou_top"]
    assert (low, high) == (0, 0.5)  # of two images, drawn twice each or once
    assert row.summary["paper"] == "Kirillov et al. 2023, section 7.1, appendix D.1"


def test_instances_from_peoples_boxes_are_what_cocoeval_says(experiment: Callable[..., Run], filled: Filled) -> None:
    told = numbers(experiment("instances"))
    truth = [(1, 1, LEFT), (1, 2, CORNER), (2, 3, RIGHT)]
    answers = [(1, 1, LEFT, 0.5), (1, 2, SQUARE, 0.5), (2, 3, RIGHT, 0.5)]
    judge = judged(truth, answers, most=100)
    assert told["ap"] == pytest.approx(precision(judge), abs=1e-4)
    assert told["ap50"] == pytest.approx(precision(judge, 0), abs=1e-4)
    assert told["ap"] == pytest.approx((1 + 0.1 + 1) / 3, abs=1e-3)  # the square overlaps by 0.52: one threshold of ten


def result(name: str, bbox: list[float], score: float, category: str = "") -> dict[str, Any]:
    return {"file_name": name, "bbox": bbox, "score": score} | ({"category": category} if category else {})


def test_a_detectors_boxes_are_what_cocoeval_says(
    experiment: Callable[..., Run], filled: Filled, masks: SimpleNamespace
) -> None:
    results = [
        result("cat.png", [0, 0, 32, HEIGHT], 0.4, "cat"),
        result("cat.png", [4, 4, 10, 10], 0.9, "cat"),  # wrong, and surer
        result("cat.png", [36, 10, 24, 24], 0.8, "Dog"),  # a label's name, in capitals
        result("dog.png", [40, 0, 100, HEIGHT], 0.7),  # no category: masks without a label; cut at the border
    ]
    told = numbers(experiment("instances", boxes={"results": results}))
    wrong, cut = plain(box(4, 4, 10, 10)), plain(box(40, 0, 24, HEIGHT))
    judge = judged(
        [(1, 1, LEFT), (1, 2, CORNER), (2, 3, RIGHT)],
        [(1, 1, LEFT, 0.4), (1, 1, wrong, 0.9), (1, 2, SQUARE, 0.8), (2, 3, cut, 0.7)],
        most=100,
    )
    assert told["ap"] == pytest.approx(precision(judge), abs=1e-4)
    assert told["ap50"] == pytest.approx(precision(judge, 0), abs=1e-4)
    boxes = Experiment.objects.get().summary["boxes"]
    assert boxes == {"judged": 4, "images": 2, "elsewhere": 0, "unknown": {}, "refused": 0}
    assert not Detections.objects.exists()


def test_boxes_that_nothing_can_be_done_with_are_counted(
    experiment: Callable[..., Run], filled: Filled, masks: SimpleNamespace
) -> None:
    make_image(masks.project, "empty.png")
    results = [
        result("cat.png", [0, 0, 32, HEIGHT], 0.9, "cat"),
        result("cat.png", [0, 0, 9, 9], 0.9, "zebra"),
        result("empty.png", [0, 0, 9, 9], 0.9, "cat"),  # nobody masked anything there
        result("nowhere.png", [0, 0, 9, 9], 0.9, "cat"),
        result("cat.png", [400, 0, 9, 9], 0.9, "cat"),
    ]
    run = experiment("instances", boxes={"results": results})
    numbers(run)
    boxes = Experiment.objects.get().summary["boxes"]
    assert boxes == {"judged": 1, "images": 1, "elsewhere": 1, "unknown": {"zebra": 1}, "refused": 2}
    assert [problem.split(":")[0] for problem in run.result["problems"]] == ["Box 4", "Box 5"]


def test_proposals_are_what_cocoeval_says(
    experiment: Callable[..., Run], lend: Callable[[Any], None], tmp_path: Path
) -> None:
    model = KnownModel(tmp_path)
    lend(model)
    model.masks = [found(0, 0, 32, 48, 0.9), found(36, 10, 24, 24, 0.8), found(33, 0, 20, 48, 0.7)]
    told = numbers(experiment("proposals", points=4))
    asked = [(plain(mask.rle), (mask.predicted_iou + mask.stability_score) / 2) for mask in model.masks]
    judge = judged(
        [(1, 1, LEFT), (1, 2, CORNER), (2, 3, RIGHT)],
        [(image, 1, mask, score) for image in (1, 2) for mask, score in asked],
        most=1000, by_category=False,
    )  # fmt: skip
    assert told["ar"] == pytest.approx(recall(judge), abs=1e-4)
    assert told["ar"] == pytest.approx((1 + 0.1 + 0.3) / 3, abs=1e-3)
    assert told["proposals"] == 3
    # Both labels are on one image each; what has no label has no frequency.
    assert told["ar_rare"] == pytest.approx((1 + 0.1) / 2, abs=1e-3)
    assert "ar_common" not in told


def test_edges_are_measured_where_masks_cover_the_image(
    experiment: Callable[..., Run],
    masks: SimpleNamespace,
    lend: Callable[[Any], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "TOLERANCE", 0.02)  # of 80 px between corners: one pixel aside still matches
    Annotation.objects.filter(pk=masks.rows[1].pk).update(status="rejected")
    annotating.create(masks.image, masks.world.bob, None, {"rle": box(32, 0, 32, HEIGHT).to_json()})
    model = KnownModel(tmp_path)
    lend(model)
    model.masks = [found(0, 0, 32, 48)]
    told = numbers(experiment("edges", points=4))
    row = Experiment.objects.get()
    assert (row.summary["images"], row.summary["n"]) == (1, 2)  # dog.png is half empty
    assert row.summary["intervals"]["ods"] is None
    assert (told["ods"], told["ois"], told["r50"]) == (1, 1, 1)  # both halves meet where the model's mask ends
    assert set(row.summary["baselines"]) == {"sobel", "canny", "felzenszwalb"}


def test_masks_that_lie_on_one_another_do_not_cover_an_image(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    annotating.create(masks.image, masks.world.bob, None, {"rle": box(1, 0, 32, HEIGHT).to_json()})
    run = experiment("edges")
    assert run.state == "failed"
    assert "On none of the images do masks cover 90 %" in run.error


def test_a_snapshot_is_measured_as_it_was_frozen(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    Annotation.objects.filter(pk=masks.rows[1].pk).update(status="rejected")
    frozen = freeze(masks.project, masks.world.alice, wish=Wish(name="first"))
    before = numbers(experiment("instances"))
    for row in masks.rows:
        annotating.delete(row.image, masks.world.bob, row.pk, row.revision)
    assert numbers(experiment("instances", snapshot=str(frozen.pk))) == before
    row = Experiment.objects.first()
    assert (row.source, row.summary["n"]) == ("first", 2)  # what review rejected does not count there either


def test_only_so_many_images_are_drawn_and_the_same_ones_every_time(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    first, second = numbers(experiment("point", limit=1)), numbers(experiment("point", limit=1))
    assert first == second
    row = Experiment.objects.first()
    assert (row.summary["images"], row.summary["drawn_from"]) == (1, 2)
    assert row.summary["intervals"] == {"miou_top": None, "miou_oracle": None}


def test_masks_made_with_the_model_are_counted(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    Annotation.objects.filter(pk=masks.rows[0].pk).update(model_version=masks.world.model)
    experiment("point")
    assert Experiment.objects.get().summary["own_masks"] == 1


def test_without_labels_none_is_looked_at(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    Annotation.objects.update(label=None)
    results = [result("cat.png", [0, 0, 32, HEIGHT], 0.9, "zebra")]
    told = numbers(experiment("instances", boxes={"results": results}))
    assert told["ap50"] == pytest.approx(34 / 101, abs=1e-3)  # one of three found: recall up to 1/3
    assert Experiment.objects.get().summary["by_label"] is False

"""Any choice of images gives what COCOeval gives for a data set of just these images."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sam_backend.evaluation.paper.ground import Ground, read_ground
from sam_backend.evaluation.paper.judged import Judged
from tests.sam_backend.evaluation.paper.sets import folder, rle, square

LABELS = ("cup", "bowl", "jug")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    rng = np.random.default_rng(4)
    images = [
        [{"mask": square(*place(rng)), "label": LABELS[rng.integers(3)]} for _ in range(int(rng.integers(1, 5)))]
        for _ in range(5)
    ]
    return read_ground(folder(tmp_path_factory.mktemp("set"), images))


def place(rng: np.random.Generator) -> tuple[int, int, int, int]:
    x, y = (int(value) for value in rng.integers(0, 60, 2))
    width, height = (int(value) for value in rng.integers(8, 40, 2))
    return x, y, width, height


def guesses(ground: Ground) -> list[dict[str, Any]]:
    """Each mask twice, somewhat off, and some that are nothing."""
    rng = np.random.default_rng(5)
    found = []
    for row in [*ground.annotations, *ground.annotations]:
        x, y, width, height = (int(value) for value in row["bbox"])
        mask = square(x + int(rng.integers(0, 4)), y, width, max(2, height - int(rng.integers(0, 6))))
        category = row["category_id"] if rng.random() < 0.8 else 1
        found.append({"image_id": row["image_id"], "category_id": category, "score": rng.random(), "mask": mask})
    return [
        {key: value for key, value in row.items() if key != "mask"} | {"segmentation": rle(row["mask"])}
        for row in found
    ]


def by_coco(ground: Ground, found: list[dict[str, Any]], images: list[int], most: int, by_category: bool) -> COCOeval:
    """COCOeval on a data set in which an image that was chosen twice is there twice."""
    truth, detections = COCO(), []
    rows = []
    for place, image in enumerate(images, 1):
        rows += [{**row, "image_id": place} for row in ground.annotations if row["image_id"] == image]
        detections += [{**row, "image_id": place} for row in found if row["image_id"] == image]
    with contextlib.redirect_stdout(io.StringIO()):
        truth.dataset = {
            "images": [{"id": place, "height": 100, "width": 100} for place in range(1, len(images) + 1)],
            "annotations": [{**row, "id": number} for number, row in enumerate(rows, 1)],
            "categories": ground.categories,
        }
        truth.createIndex()
        judged = COCOeval(truth, truth.loadRes(detections), "segm")
        judged.params.maxDets, judged.params.useCats = [most], int(by_category)
        judged.evaluate()
        judged.accumulate()
    return judged


def known(values: np.ndarray) -> float:
    return float(values[values > -1].mean()) if (values > -1).any() else float("nan")


@pytest.mark.parametrize("pick", [[0, 1, 2, 3, 4], [1, 1, 3, 0, 4], [2, 2, 2, 2, 2]])
@pytest.mark.parametrize("by_category", [True, False])
def test_precision_and_recall_are_cocos(ground: Ground, pick: list[int], by_category: bool) -> None:
    found = guesses(ground)
    judged = Judged(ground, found, most=6, by_category=by_category)
    oracle = by_coco(ground, found, [list(ground.photos)[place] for place in pick], 6, by_category).eval
    ours = judged.precision(np.array(pick))
    for size, name in enumerate(("ap", "ap_small", "ap_medium", "ap_large")):
        assert ours[name] == pytest.approx(known(oracle["precision"][:, :, :, size]), nan_ok=True), name
    assert ours["ap50"] == pytest.approx(known(oracle["precision"][0, :, :, 0]))
    assert ours["ap75"] == pytest.approx(known(oracle["precision"][5, :, :, 0]))
    if not by_category:
        for size, value in enumerate(judged.recall(np.array(pick)).values()):
            assert value == pytest.approx(known(oracle["recall"][:, :, size]), nan_ok=True)


def test_nothing_found_is_no_recall(ground: Ground) -> None:
    judged = Judged(ground, [], most=10, by_category=False)
    assert judged.recall(np.arange(5))["all"] == 0
    assert judged.precision(np.arange(5))["ap"] == 0

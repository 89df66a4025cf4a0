"""COCO's numbers by pycocotools alone, from masks to the printed summary."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def rle(mask: np.ndarray) -> dict[str, Any]:
    return dict(coco_mask.encode(np.asfortranarray(mask, np.uint8)))


def judged(
    truth: Sequence[tuple[int, int, np.ndarray]],
    found: Sequence[tuple[int, int, np.ndarray, float]],
    *,
    most: int,
    by_category: bool = True,
) -> COCOeval:
    """`truth`: image, category and mask; `found` with a score, too. Accumulated, so that "precision" and "recall" are
    there as COCO defines them."""
    height, width = truth[0][2].shape
    data = COCO()
    data.dataset = {
        "images": [{"id": image, "height": height, "width": width} for image in {row[0] for row in truth}],
        "categories": [{"id": category, "name": str(category)} for category in {row[1] for row in truth}],
        "annotations": [
            {"id": number, "image_id": image, "category_id": category, "segmentation": rle(mask), "iscrowd": 0}
            | {"area": int(mask.sum()), "bbox": [float(side) for side in coco_mask.toBbox(rle(mask))]}
            for number, (image, category, mask) in enumerate(truth, 1)
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        data.createIndex()
        results = data.loadRes(
            [
                {"image_id": image, "category_id": category, "segmentation": rle(mask), "score": score}
                for image, category, mask, score in found
            ]
        )
        judge = COCOeval(data, results, "segm")
        judge.params.maxDets, judge.params.useCats = [1, 10, most], int(by_category)
        judge.evaluate()
        judge.accumulate()
    return judge


def precision(judge: COCOeval, iou: int | None = None) -> float:
    """AP over all sizes; `iou`: at the threshold of that place (0: 0.5)."""
    values = judge.eval["precision"][slice(None) if iou is None else iou, ..., 0, -1]
    return float(values[values > -1].mean())


def recall(judge: COCOeval) -> float:
    values = judge.eval["recall"][..., 0, -1]
    return float(values[values > -1].mean())

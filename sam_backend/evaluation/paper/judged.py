"""Detections against people's masks, by COCO's own code (pycocotools): average precision and average recall."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sam_backend.evaluation.paper.ground import Annotation, Ground
from sam_backend.evaluation.paper.summed import Pick, Values

SIZES = ("all", "small", "medium", "large")
"""COCO's: medium is 32² to 96² pixels of the image as it is given."""
NOTHING = float("nan")
IOUS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
"""COCO's thresholds."""
Floats = npt.NDArray[np.float64]


class Judged:
    """COCOeval's matches of one set, image by image, so that numbers of any choice of its images cost no new matching.

    Args:
        found: `{"image_id", "category_id", "segmentation", "score"}`, run lengths at image size.
        most: so many of an image (and category, if these count) are judged, best score first.
        by_category: a detection must have its mask's category; else categories are not looked at.
        masks: the masks to judge against, in place of all of the set's.
    """

    def __init__(
        self,
        ground: Ground,
        found: Sequence[Annotation],
        *,
        most: int,
        by_category: bool,
        masks: Sequence[Annotation] | None = None,
    ) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            truth = _coco(ground, [dict(row) for row in (ground.annotations if masks is None else masks)])
            judge = COCOeval(truth, _coco(ground, [_measured(i, row) for i, row in enumerate(found, 1)]), "segm")
            judge.params.maxDets, judge.params.useCats = [most], int(by_category)
            judge.params.imgIds = sorted(ground.photos)
            judge.evaluate()
        judged, count = judge.evalImgs, len(ground.photos)
        # By category, within it by size, within that by image.
        self._blocks = [judged[start : start + count] for start in range(0, len(judged), count)]

    def precision(self, pick: Pick) -> Values:
        """COCO's AP, AP50, AP75 and AP by size; NaN where there is no such mask."""
        tables = [
            np.array(
                [table for block in self._blocks[size :: len(SIZES)] if (table := precisions(block, pick)) is not None]
            )
            for size in range(len(SIZES))
        ]
        names = ("ap", "ap_small", "ap_medium", "ap_large")
        values = {name: _mean(table) for name, table in zip(names, tables, strict=True)}
        whole = tables[0].reshape(-1, len(IOUS))
        return values | {"ap50": _mean(whole[:, 0]), "ap75": _mean(whole[:, 5])}

    def recall(self, pick: Pick) -> dict[str, float]:
        """COCO's average recall (over IoU 0.5 to 0.95) by size, categories not looked at; NaN without such a mask."""
        return {
            size: _recall([block[index] for index in pick]) for size, block in zip(SIZES, self._blocks, strict=True)
        }


def _recall(images: Sequence[Mapping[str, Any] | None]) -> float:
    known = [image for image in images if image is not None]
    counted = [image["gtMatches"][:, np.asarray(image["gtIgnore"]) == 0] > 0 for image in known]
    total = sum(matched.shape[1] for matched in counted)
    return float(np.mean(sum(matched.sum(1) for matched in counted) / total)) if total else NOTHING


def precisions(images: Sequence[Mapping[str, Any] | None], pick: Pick) -> Floats | None:
    """COCO's mean precision over recalls 0, 0.01, ... 1 at each IoU, of a category's matches in a choice of images.

    None where no mask is to be found. What `COCOeval.accumulate` does, for one category at once, so that an interval's
    hundreds of choices take seconds.
    """
    known = [image for index in pick if (image := images[index]) is not None]
    wanted = sum(int((np.asarray(image["gtIgnore"]) == 0).sum()) for image in known)
    if not wanted:
        return None
    order = np.argsort(-np.concatenate([image["dtScores"] for image in known]), kind="mergesort")
    hit = np.concatenate([image["dtMatches"] > 0 for image in known], axis=1)[:, order]
    counted = ~np.concatenate([image["dtIgnore"] for image in known], axis=1)[:, order].astype(bool)
    if not len(order):
        return np.zeros(len(IOUS))
    right = np.cumsum(hit & counted, axis=1)
    precision = right / np.maximum(np.cumsum(counted, axis=1), 1)
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    padded = np.pad(best, ((0, 0), (0, 1)))  # 0 at recalls that are not reached
    places = [np.searchsorted(row, RECALLS, side="left") for row in right / wanted]
    return np.array([row[place].mean() for row, place in zip(padded, places, strict=True)])


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else NOTHING


def _coco(ground: Ground, annotations: list[Annotation]) -> COCO:
    made = COCO()
    images = [{"id": number, "height": r.height, "width": r.width} for number, r in ground.photos.items()]
    made.dataset = {"images": images, "annotations": annotations, "categories": ground.categories}
    made.createIndex()
    return made


def _measured(number: int, row: Annotation) -> Annotation:
    return {**row, "id": number, "area": int(coco_mask.area(row["segmentation"])), "iscrowd": 0}

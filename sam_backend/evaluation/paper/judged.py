"""Detections against people's masks, by COCO's own code (pycocotools): average precision and average recall."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sam_backend.evaluation.paper.ground import Annotation, Ground
from sam_backend.evaluation.paper.summed import Pick, Values

SIZES = ("all", "small", "medium", "large")
"""COCO's: medium is 32² to 96² pixels of the image as it is given."""
NOTHING = float("nan")


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
            self._eval = COCOeval(truth, _coco(ground, [_measured(i, row) for i, row in enumerate(found, 1)]), "segm")
            self._eval.params.maxDets, self._eval.params.useCats = [most], int(by_category)
            self._eval.params.imgIds = sorted(ground.photos)
            self._eval.evaluate()
        judged, count = self._eval.evalImgs, len(ground.photos)
        # By category, within it by size, within that by image.
        self._blocks = [judged[start : start + count] for start in range(0, len(judged), count)]

    def precision(self, pick: Pick) -> Values:
        """COCO's AP, AP50, AP75 and AP by size; NaN where there is no such mask."""
        whole = self._eval.evalImgs
        self._eval.evalImgs = [block[index] for block in self._blocks for index in pick]
        params, shown = self._eval.params, self._eval._paramsEval
        kept = params.imgIds, shown.imgIds
        params.imgIds = shown.imgIds = list(range(len(pick)))
        with contextlib.redirect_stdout(io.StringIO()):
            self._eval.accumulate()
        self._eval.evalImgs, (params.imgIds, shown.imgIds) = whole, kept
        table = self._eval.eval["precision"]  # [IoU, recall, category, size, 1]
        names = ("ap", "ap_small", "ap_medium", "ap_large")
        values = {name: _known(table[:, :, :, size]) for size, name in enumerate(names)}
        return values | {"ap50": _known(table[0, :, :, 0]), "ap75": _known(table[5, :, :, 0])}

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


def _known(values: Any) -> float:
    kept = values[values > -1]
    return float(kept.mean()) if kept.size else NOTHING


def _coco(ground: Ground, annotations: list[Annotation]) -> COCO:
    made = COCO()
    images = [{"id": number, "height": r.height, "width": r.width} for number, r in ground.photos.items()]
    made.dataset = {"images": images, "annotations": annotations, "categories": ground.categories}
    made.createIndex()
    return made


def _measured(number: int, row: Annotation) -> Annotation:
    return {**row, "id": number, "area": int(coco_mask.area(row["segmentation"])), "iscrowd": 0}

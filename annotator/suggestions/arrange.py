"""From a heap of masks to suggestions: what is worth showing, in which order, and which is part of which.

Thousands of masks may come, so a pair is only compared when its boxes allow the answer to matter.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.suggestions.parameters import Use
from export import Rle
from export.rle import Box, bbox
from export.spans import Spans

PART_OF = 0.9
"""Share of a mask that must lie inside another for it to be its part."""
SAME_AS_REJECTED = 0.8
"""IoU with a mask somebody rejected from which a new one is the same proposal again."""
MAX_PARENTS_TRIED = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A mask from the generator, in image pixels."""

    rle: Rle
    predicted_iou: float
    stability_score: float
    point: tuple[float, float]
    crop_box: Box


@dataclass(frozen=True, slots=True)
class Arranged:
    """A mask worth showing, and the index of the one it is part of."""

    found: Found
    area: int
    box: Box
    parent: int | None


class Known:
    """Masks that are there already: accepted objects, or rejected suggestions."""

    def __init__(self, masks: Sequence[Rle]) -> None:
        self._spans = [Spans.of(mask) for mask in masks]
        self._boxes = _boxes([bbox(mask) for mask in masks])

    def add(self, mask: Rle) -> None:
        """One more is there from now on."""
        self._spans.append(Spans.of(mask))
        self._boxes = np.concatenate([self._boxes, _boxes([bbox(mask)])])

    def meets(self, box: Box) -> bool:
        """Tell whether a mask in this box could overlap any of them; costs far less than unpacking it."""
        return bool((_common_box(self._boxes, box) > 0).any())

    def covers(self, mask: Spans, box: Box, *, iou: float, inside: float) -> bool:
        """Tell whether one of them is this much like the mask, or has this share of it inside."""
        for index in np.flatnonzero(_common_box(self._boxes, box) > 0):
            other = self._spans[index]
            common = mask.overlap(other)
            if common >= iou * (mask.area + other.area - common) or common >= inside * mask.area:
                return True
        return False


def arrange(found: Sequence[Found], accepted: Known, rejected: Known, use: Use) -> list[Arranged]:
    """Best first, without those that repeat what is accepted or was rejected; each with its parent."""
    ranked = sorted(found, key=lambda item: (-item.predicted_iou, -item.stability_score, item.rle.counts))
    kept: list[Found] = []
    spans: list[Spans] = []
    boxes: list[Box] = []
    for item in ranked:
        mask, box = Spans.of(item.rle), bbox(item.rle)
        if mask.area == 0 or accepted.covers(mask, box, iou=use.avoid_iou, inside=use.avoid_inside):
            continue
        if rejected.covers(mask, box, iou=SAME_AS_REJECTED, inside=float("inf")):
            continue
        kept.append(item)
        spans.append(mask)
        boxes.append(box)
    parents = parents_of(spans, boxes)
    return [
        Arranged(item, mask.area, box, parent)
        for item, mask, box, parent in zip(kept, spans, boxes, parents, strict=True)
    ]


def parents_of(spans: Sequence[Spans], boxes: Sequence[Box]) -> list[int | None]:
    """For each mask the smallest larger one that contains it, or None. Never a circle: a parent is larger."""
    table = _boxes(boxes)
    areas = np.array([mask.area for mask in spans], dtype=np.int64)
    by_size = np.argsort(areas, kind="stable")
    parents: list[int | None] = []
    for index, mask in enumerate(spans):
        # What the boxes share bounds what the masks can share.
        possible = (_common_box(table, boxes[index]) >= PART_OF * mask.area) & (areas > mask.area)
        candidates = by_size[possible[by_size]][:MAX_PARENTS_TRIED]
        inside = (int(one) for one in candidates if mask.overlap(spans[one]) >= PART_OF * mask.area)
        parents.append(next(inside, None))
    return parents


def _boxes(boxes: Sequence[Box]) -> NDArray[np.int64]:
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def _common_box(boxes: NDArray[np.int64], box: Box) -> NDArray[np.int64]:
    """Pixels each box has in common with one."""
    x, y, width, height = box
    across = np.minimum(boxes[:, 0] + boxes[:, 2], x + width) - np.maximum(boxes[:, 0], x)
    down = np.minimum(boxes[:, 1] + boxes[:, 3], y + height) - np.maximum(boxes[:, 1], y)
    common: NDArray[np.int64] = np.maximum(across, 0) * np.maximum(down, 0)
    return common

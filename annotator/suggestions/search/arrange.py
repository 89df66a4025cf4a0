"""From a heap of masks to suggestions: what is worth showing, in which order, and which is part of which.

Thousands of masks may come, so a pair is only compared when its boxes allow the answer to matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.suggestions.known import SAME_AS_REJECTED, Found, Known, boxes_of, common_box
from annotator.suggestions.parameters import Use
from export.rle import Box, bbox
from export.spans import Spans

PART_OF = 0.9
"""Share of a mask that must lie inside another for it to be its part."""
MAX_PARENTS_TRIED = 40


@dataclass(frozen=True, slots=True)
class Arranged:
    """A mask worth showing, and the index of the one it is part of."""

    found: Found
    area: int
    box: Box
    parent: int | None


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
    table = boxes_of(boxes)
    areas = np.array([mask.area for mask in spans], dtype=np.int64)
    by_size = np.argsort(areas, kind="stable")
    parents: list[int | None] = []
    for index, mask in enumerate(spans):
        # What the boxes share bounds what the masks can share.
        possible = (common_box(table, boxes[index]) >= PART_OF * mask.area) & (areas > mask.area)
        candidates = by_size[possible[by_size]][:MAX_PARENTS_TRIED]
        inside = (int(one) for one in candidates if mask.overlap(spans[one]) >= PART_OF * mask.area)
        parents.append(next(inside, None))
    return parents

"""Masks just found, and masks that are there already to compare them with.

Thousands of masks may come, so a pair is only compared when its boxes allow the answer to matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export import Rle
from export.rle import Box, bbox, decode
from export.spans import Spans

SAME_AS_REJECTED = 0.8
"""IoU with a mask somebody rejected from which a new one is the same proposal again."""


@dataclass(frozen=True, slots=True)
class Found:
    """A mask from the generator, in image pixels."""

    rle: Rle
    predicted_iou: float
    stability_score: float
    point: tuple[float, float]
    crop_box: Box


def masks_of(stored: Any) -> list[Rle]:
    """Return stored masks as export's."""
    return [Rle.from_json(mask) for mask in stored]


def point_inside(mask: Rle) -> tuple[float, float]:
    """Return the centre of the pixel of the mask that is nearest to its box's centre: one could have clicked it."""
    pixels = decode(mask)
    x, y, width, height = bbox(mask)
    rows, columns = pixels.nonzero()
    nearest = int(((rows - (y + height / 2)) ** 2 + (columns - (x + width / 2)) ** 2).argmin())
    return float(columns[nearest]) + 0.5, float(rows[nearest]) + 0.5


class Known:
    """Masks that are there already: accepted objects, or rejected suggestions."""

    def __init__(self, masks: Sequence[Rle]) -> None:
        self._spans = [Spans.of(mask) for mask in masks]
        self._boxes = boxes_of([bbox(mask) for mask in masks])

    def add(self, mask: Rle) -> None:
        """One more is there from now on."""
        self._spans.append(Spans.of(mask))
        self._boxes = np.concatenate([self._boxes, boxes_of([bbox(mask)])])

    def meets(self, box: Box) -> bool:
        """Tell whether a mask in this box could overlap any of them; costs far less than unpacking it."""
        return bool((common_box(self._boxes, box) > 0).any())

    def repeats(self, found: Found, *, iou: float, inside: float) -> bool:
        """Tell whether one of them is this much like a mask just found, or has this share of it inside."""
        return self.covers(Spans.of(found.rle), bbox(found.rle), iou=iou, inside=inside)

    def covers(self, mask: Spans, box: Box, *, iou: float, inside: float) -> bool:
        """Tell whether one of them is this much like the mask, or has this share of it inside."""
        for index in np.flatnonzero(common_box(self._boxes, box) > 0):
            other = self._spans[index]
            common = mask.overlap(other)
            if common >= iou * (mask.area + other.area - common) or common >= inside * mask.area:
                return True
        return False


def boxes_of(boxes: Sequence[Box]) -> NDArray[np.int64]:
    """Return the boxes as a table [N, 4] of x, y, width, height."""
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def common_box(boxes: NDArray[np.int64], box: Box) -> NDArray[np.int64]:
    """Pixels each box has in common with one."""
    x, y, width, height = box
    across = np.minimum(boxes[:, 0] + boxes[:, 2], x + width) - np.maximum(boxes[:, 0], x)
    down = np.minimum(boxes[:, 1] + boxes[:, 3], y + height) - np.maximum(boxes[:, 1], y)
    common: NDArray[np.int64] = np.maximum(across, 0) * np.maximum(down, 0)
    return common

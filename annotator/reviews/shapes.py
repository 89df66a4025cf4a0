"""What a mask's form says without a look at the picture: how many pieces and holes, how ragged its outline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from export.rle import Rle, iou, sample
from sam_backend.components import find_parts

SIDE = 512
"""Cells along the longer side of the part that is looked at; a larger mask is looked at in every n-th pixel, so that a
mask of any size costs the same. What is finer than that is not seen."""


WINDOW = 5
"""Cells: finer teeth than that make an outline ragged."""
TEETH = 1.35
"""So many times the smoothed outline's length."""
SMALLEST = 144
"""Cells of a mask that is judged; below, every cell of the outline is a corner."""


def pieces_and_holes(rle: dict[str, Any], box: list[int]) -> tuple[int, int]:
    """Count the separate pieces of a stored mask and the holes in it, corners touching. `box` is its [x, y, w, h]."""
    mask = _seen(rle, box)
    # With a border the outside is one part, and the others are holes.
    around = np.pad(~mask, 1, constant_values=True)
    return len(find_parts(mask).areas), len(find_parts(around).areas) - 1


def is_ragged(rle: dict[str, Any], box: list[int]) -> bool:
    """Tell whether a stored mask has a ragged outline: one that is much longer (counted in sides of cells) than it is
    after each cell took the side of most cells around it. A smooth outline, however bent, stays as long as it is, and
    so does a straight edge at any angle, for both are counted by the same stairs."""
    from scipy.ndimage import uniform_filter  # loaded by the first mask that is looked at, not by every process

    mask = np.pad(_seen(rle, box), WINDOW)
    if int(mask.sum()) < SMALLEST:
        return False
    smooth = uniform_filter(mask.astype(np.float32), WINDOW, mode="constant") > 0.5
    length = _sides(smooth)
    return length > 0 and _sides(mask) > TEETH * length


def _sides(mask: npt.NDArray[np.bool_]) -> int:
    return int((mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum())


def _seen(rle: dict[str, Any], box: list[int]) -> npt.NDArray[np.bool_]:
    """The mask inside its box, of a larger one every n-th pixel."""
    x, y, width, height = box
    step = max(1, -(-max(width, height) // SIDE))
    return sample(
        Rle.from_json(rle),
        np.arange(y, y + height, step, dtype=np.int64),
        np.arange(x, x + width, step, dtype=np.int64),
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A mask that may lie over others: `label` an id or None, `box` its [x, y, w, h]."""

    label: object
    rle: dict[str, Any]
    box: list[int]
    area: int


def overlapping(masks: Sequence[Placed]) -> set[int]:
    """Return the places in the list of those that lie over another one as no two things do: of the same label by more
    than `SHARED` of the smaller one, of another label so far that both are the same thing (`SAME`). A part on its whole
    (a wheel on a car) is none. No more than `MOST_PAIRS` pairs are looked at."""
    found: set[int] = set()
    for one, other in islice(_touching([mask.box for mask in masks]), MOST_PAIRS):
        first, second = masks[one], masks[other]
        together = iou(Rle.from_json(first.rle), Rle.from_json(second.rle))
        common = together * (first.area + second.area) / (1 + together)
        if together >= SAME or (first.label == second.label and common > SHARED * min(first.area, second.area)):
            found |= {one, other}
    return found


SHARED, SAME, MOST_PAIRS = 0.2, 0.7, 2000


def _touching(boxes: Sequence[list[int]]) -> Iterator[tuple[int, int]]:
    """Pairs whose boxes have pixels in common."""
    if not boxes:
        return
    x, y, width, height = np.asarray(boxes, dtype=np.int64).T
    right, bottom = x + width, y + height
    for at in range(len(boxes) - 1):
        rest = slice(at + 1, None)
        near = (x[rest] < right[at]) & (x[at] < right[rest]) & (y[rest] < bottom[at]) & (y[at] < bottom[rest])
        for other in np.flatnonzero(near):
            yield at, at + 1 + int(other)

"""What a mask's form says without a look at the picture: how many pieces, how many holes."""

from __future__ import annotations

from typing import Any

import numpy as np

from export.rle import Rle, sample
from sam_backend.components import find_parts

SIDE = 512
"""Cells along the longer side of the part that is looked at; a larger mask is looked at in every n-th pixel, so that a
mask of any size costs the same. What is finer than that is not seen."""


def pieces_and_holes(rle: dict[str, Any], box: list[int]) -> tuple[int, int]:
    """Count the separate pieces of a stored mask and the holes in it, corners touching. `box` is its [x, y, w, h]."""
    x, y, width, height = box
    step = max(1, -(-max(width, height) // SIDE))
    mask = sample(
        Rle.from_json(rle),
        np.arange(y, y + height, step, dtype=np.int64),
        np.arange(x, x + width, step, dtype=np.int64),
    )
    # With a border the outside is one part, and the others are holes.
    around = np.pad(~mask, 1, constant_values=True)
    return len(find_parts(mask).areas), len(find_parts(around).areas) - 1

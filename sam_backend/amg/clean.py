"""Islands and holes: removes what is too small to be meant (paper, appendix B)."""

from __future__ import annotations

import numpy as np

from sam_backend.components import find_parts
from sam_backend.postprocess import BoolArray


def remove_small_regions(mask: BoolArray, min_area: int) -> tuple[BoolArray, bool]:
    """Fills holes and removes 8-connected islands of fewer than ``min_area`` pixels, and says whether it did.

    Holes first, then islands, so that the result is empty where no part was large enough. The mask must come with
    ``min_area`` pixels of surroundings (or the image's border), so that background around it is no hole.
    """
    holes = find_parts(~mask)
    small = holes.areas < min_area
    filled = mask | holes.mask(small) if small.any() else mask
    islands = find_parts(filled)
    large = islands.areas >= min_area
    kept = filled if large.all() else islands.mask(large)
    return kept, bool(small.any() or not large.all())


def trim(mask: BoolArray, row: int, column: int) -> tuple[BoolArray, int, int] | None:
    """Cuts a mask placed at (row, column) to its bounding box; None if it is empty."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    if rows.size == 0:
        return None
    top, left = int(rows[0]), int(columns[0])
    return mask[top : rows[-1] + 1, left : columns[-1] + 1], row + top, column + left

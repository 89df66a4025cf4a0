"""Masks by the piece: out of an image the part an object takes, and such a part back into its place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.rle import Mask, Rle, RleError, bbox, from_intervals, runs


def cut(mask: Rle) -> tuple[Mask, int, int]:
    """The mask inside its box, bool [h, w], and the box's corner (x, y). Costs the columns of the box, not the image.

    An empty mask gives an array without pixels."""
    x, y, width, height = bbox(mask)
    rows = mask.size[0]
    borders = np.clip(np.cumsum(runs(mask)) - x * rows, 0, width * rows)
    lengths = np.diff(borders, prepend=0)
    columns = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(width, rows)
    return columns[:, y : y + height].T, x, y


def place(part: NDArray[Any], x: int, y: int, height: int, width: int) -> Rle:
    """A part [h, w] (anything but 0 is foreground) whose top-left pixel lies at (x, y), as a mask of the whole image.

    What lies outside the image is left away. Raises RleError when there is no image."""
    if height < 1 or width < 1:
        raise RleError(f"{width} x {height} is no size of an image.")
    inside = np.asarray(part, dtype=bool)[max(0, -y) : max(0, height - y), max(0, -x) : max(0, width - x)]
    left, top = max(0, x), max(0, y)
    columns = np.zeros((inside.shape[1], inside.shape[0] + 2), dtype=np.int8)
    columns[:, 1:-1] = inside.T
    change = np.diff(columns, axis=1)
    first = _positions(change == 1, left, top, height)
    after = _positions(change == -1, left, top, height)
    return from_intervals((height, width), first, after)


def _positions(where: Mask, left: int, top: int, height: int) -> NDArray[np.int64]:
    columns, rows = np.divmod(np.flatnonzero(where), where.shape[1])
    return (columns + left) * height + rows + top

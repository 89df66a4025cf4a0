"""Connected parts of a mask, found on its horizontal runs with plain NumPy (8-connected, as in SAM's library)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
BLOCK_CELLS = 1 << 22
"""Pixels looked at together, a few bytes of working memory each."""


@dataclass(frozen=True)
class Runs:
    """Horizontal runs of a mask in reading order: ``row``, first column, column after the last, part number."""

    shape: tuple[int, int]
    row: IntArray
    start: IntArray
    stop: IntArray
    part: IntArray

    @property
    def areas(self) -> IntArray:
        """Pixels of each part."""
        return np.bincount(self.part, self.stop - self.start).astype(np.int64)

    def mask(self, keep: BoolArray) -> BoolArray:
        """The pixels of the parts for which ``keep`` [parts] is true."""
        height, width = self.shape
        edges = np.zeros(height * width + 1, np.int8)
        chosen = keep[self.part] if self.part.size else np.zeros(0, np.bool_)
        begin, end = self.row * width + self.start, self.row * width + self.stop
        # A run that ends at the border may meet the next row's first run: add, so that +1 and -1 cancel.
        np.add.at(edges, begin[chosen], 1)
        np.add.at(edges, end[chosen], -1)
        inside = np.cumsum(edges, dtype=np.int8, out=edges)[:-1]  # in place: masks may have a hundred million pixels
        return inside.view(np.bool_).reshape(height, width)

    def at(self, rows: IntArray, columns: IntArray) -> IntArray:
        """Part numbers under the given pixels; pixels outside the mask are left out."""
        width = self.shape[1]
        index = np.searchsorted(self.row * width + self.start, rows * width + columns, side="right") - 1
        hit = index >= 0
        hit[hit] = (self.row[index[hit]] == rows[hit]) & (columns[hit] < self.stop[index[hit]])
        return np.unique(self.part[index[hit]])


def find_parts(mask: BoolArray) -> Runs:
    """Labels the 8-connected parts of ``mask`` [h, w]."""
    height, width = mask.shape
    row, start, stop = _runs(mask)
    above, below = _touching(row, start, stop, width)
    part = _union(len(row), above, below)
    return Runs((height, width), row, start, stop, part)


def _runs(mask: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Row, first column and column after the last of every horizontal run, a block of rows at a time."""
    height, width = mask.shape
    step = max(1, BLOCK_CELLS // (width + 2))
    blocks: list[tuple[IntArray, IntArray, IntArray]] = []
    for top in range(0, max(height, 1), step):
        part = mask[top : top + step]
        padded = np.zeros((len(part), width + 2), np.int8)
        padded[:, 1:-1] = part
        change = np.diff(padded, axis=1)
        row, start = np.nonzero(change == 1)
        blocks.append((row + top, start, np.nonzero(change == -1)[1]))
    row, start, stop = (np.concatenate(column) for column in zip(*blocks, strict=True))
    return row, start, stop


def _touching(row: IntArray, start: IntArray, stop: IntArray, width: int) -> tuple[IntArray, IntArray]:
    """Pairs of runs in neighbouring rows that touch, corners included."""
    span = width + 2
    # In the next row: from the first run that ends at or after our start, to the last that starts at or before our end.
    first = np.searchsorted(row * span + stop, (row + 1) * span + start, side="left")
    last = np.searchsorted(row * span + start, (row + 1) * span + stop, side="right")
    count = np.maximum(last - first, 0)
    above = np.repeat(np.arange(len(row)), count)
    offset = np.arange(len(above)) - np.repeat(np.cumsum(count) - count, count)
    return above, np.repeat(first, count) + offset


def _union(count: int, a: IntArray, b: IntArray) -> IntArray:
    """Numbers the connected sets 0, 1, ... of ``count`` items joined by pairs (a, b)."""
    parent = np.arange(count)
    while True:
        low, high = np.minimum(parent[a], parent[b]), np.maximum(parent[a], parent[b])
        if (low == high).all():
            return np.unique(parent, return_inverse=True)[1].astype(np.int64)
        np.minimum.at(parent, high, low)
        while (parent[parent] != parent).any():
            parent = parent[parent]

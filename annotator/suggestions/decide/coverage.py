"""How much of each feature cell a mask covers, from its run lengths: thousands of masks of a large photo are described
in the time that decoding a few of them would take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from export import rle
from export.spans import Spans
from sam_backend.similarity import coverage_map, image_cells
from sam_backend.transforms import FloatArray, Frame


def coverage(mask: rle.Rle, frame: Frame, cells: int) -> FloatArray:
    """Return what sam_backend.similarity.coverage_map gives for the decoded mask, but for its rounding to 1/255."""
    height, width = mask.size
    down, across = image_cells(frame, cells)
    if down > height or across > width:  # a cell is less than a pixel
        return coverage_map(rle.decode(mask), frame, cells)
    result = np.zeros((cells, cells), np.float32)
    x, _, columns, _ = rle.bbox(mask)
    if columns == 0:
        return result
    rows_end, columns_end = _borders(height, down), _borders(width, across)
    column = np.arange(x, x + columns)
    before = Spans.of(mask).covered((column[:, None] * height + rows_end).ravel()).reshape(columns, down + 1)
    pixels = np.zeros((across, down))
    np.add.at(pixels, np.searchsorted(columns_end, column, side="right") - 1, np.diff(before, axis=1))
    shares = pixels.T / np.outer(np.diff(rows_end), np.diff(columns_end))
    result[:down, :across] = shares[:cells, :cells]
    return result


def _borders(pixels: int, cells: int) -> NDArray[np.int64]:
    """Return the first pixel of each of these cells, and the end of the last: a pixel belongs where its middle lies."""
    borders: NDArray[np.int64] = np.floor(np.arange(cells + 1) * (pixels / cells) + 0.5).astype(np.int64)
    return borders

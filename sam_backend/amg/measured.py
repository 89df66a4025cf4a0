"""Stability, area and box of masks at image size, as the paper and the published generator judge them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.amg.filters import BoolArray, cell_size
from sam_backend.amg.window import REACH
from sam_backend.postprocess import upsample_rows
from sam_backend.transforms import FloatArray, Frame


@dataclass(frozen=True)
class Measured:
    """``stability`` 0..1; ``area`` in pixels; ``box`` from the first to the last pixel (x0, y0, x1, y1), as SAM's code
    counts: a mask of one pixel has a box without width. All in the frame's image."""

    stability: float
    area: int
    box: tuple[int, int, int, int]


def measure(logits: FloatArray, frame: Frame, threshold: float, offset: float) -> Measured | None:
    """Measures one map of logits [m, m] at image size, in blocks of rows around its mask; None for an empty mask.

    The stability score is the IoU of the map cut at threshold + offset and at threshold - offset (paper, appendix B).
    """
    span = _span(logits > threshold - offset, frame)
    if span is None:
        return None
    inner = outer = area = 0
    rows: list[int] = []
    columns = np.zeros(span[2] - span[0], np.bool_)
    for start, block in upsample_rows(logits, frame, span):
        inner += int(np.count_nonzero(block > threshold + offset))
        outer += int(np.count_nonzero(block > threshold - offset))
        mask = block > threshold
        area += int(np.count_nonzero(mask))
        rows += (start + np.flatnonzero(mask.any(axis=1))).tolist()
        columns |= mask.any(axis=0)
    if not area:
        return None
    across = np.flatnonzero(columns)
    box = (span[0] + int(across[0]), rows[0], span[0] + int(across[-1]), rows[-1])
    return Measured(inner / max(outer, 1), area, box)


def may_be_stable(logits: FloatArray, frame: Frame, threshold: float, offset: float, limit: float) -> BoolArray:
    """Which of the maps [n, m, m] can have a stability score of ``limit`` at image size; [n].

    A pixel mixes logits at most ``REACH`` cells away with weights that sum to 1, so it lies between their smallest and
    largest: pixels of which some neighbour is above the upper cut bound the score's numerator, those of which all are
    above the lower cut its denominator. Masks that pass here may still fail; none that fails here could pass.
    """
    across, down = _pixels_of_cells(logits.shape[-1], frame)
    some = _spread(logits > threshold + offset)
    every = ~_spread(logits <= threshold - offset)
    inner, outer = (cells @ across @ down for cells in (some.astype(np.float32), every.astype(np.float32)))
    return np.asarray(inner >= limit * outer)


def _pixels_of_cells(side: int, frame: Frame) -> tuple[FloatArray, FloatArray]:
    """How many of the image's columns, and of its rows, lie in each of the map's ``side`` cells."""
    wide, tall = cell_size(side, frame)
    counts = (
        np.bincount(np.minimum(((np.arange(size) + 0.5) / unit).astype(np.intp), side - 1), minlength=side)
        for size, unit in ((frame.width, wide), (frame.height, tall))
    )
    across, down = (count.astype(np.float32) for count in counts)
    return across, down


def _spread(cells: BoolArray) -> BoolArray:
    """Cells [n, m, m] within ``REACH`` cells, along either axis, of a set one."""
    for axis in (1, 2):
        ahead = np.moveaxis(cells, axis, 0)
        grown = ahead.copy()
        for step in range(1, REACH + 1):
            grown[step:] |= ahead[:-step]
            grown[:-step] |= ahead[step:]
        cells = np.moveaxis(grown, 0, axis)
    return cells


def _span(cells: BoolArray, frame: Frame) -> tuple[int, int, int, int] | None:
    """The pixels (x0, y0, x1, y1) that the set cells of a map [m, m] may reach; None if none is on the picture."""
    ends = []
    sizes: tuple[tuple[npt.NDArray[np.bool_], float, int], ...] = (
        (np.asarray(cells.any(axis=0)), cell_size(len(cells), frame)[0], frame.width),
        (np.asarray(cells.any(axis=1)), cell_size(len(cells), frame)[1], frame.height),
    )
    for flags, unit, limit in sizes:
        where = np.flatnonzero(flags)
        if not len(where):
            return None
        first, last = np.floor((where[0] - REACH) * unit), np.ceil((where[-1] + 1 + REACH) * unit)
        ends.append((max(0, int(first)), min(limit, int(last))))
    (x0, x1), (y0, y1) = ends
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

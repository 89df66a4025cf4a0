"""A label map taken apart: the mask of every number in it, in one walk over its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.rle import Rle, from_intervals


def regions(numbers: NDArray[Any]) -> Iterator[tuple[int, Rle]]:
    """Each number but 0 that occurs in a label map (whole numbers [h, w]), lowest first, with its mask.

    Costs the pixels once and then the runs, not the pixels once for each number."""
    size = (numbers.shape[0], numbers.shape[1])
    flat = numbers.ravel(order="F")
    borders = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]))
    values = flat[borders[:-1]]
    order = np.argsort(values, kind="stable")
    there, first = np.unique(values[order], return_index=True)
    for number, runs in zip(there.tolist(), np.split(order, first[1:]), strict=True):
        if number:
            yield number, from_intervals(size, borders[runs], borders[runs + 1])

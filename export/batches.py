"""Area and box of many masks at once: NumPy is asked for all of them together, for with a mask alone most of the time
goes into asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from export import rle
from export.counts import FIRST, LAST, Runs, group
from export.dataset import Instance
from export.rle import Rle, RleError

MOST, TOGETHER = 128, 1 << 16
"""Masks, and characters of their counts, that are taken together: what stays in the processor's cache is quick."""
_NUMERALS = FIRST + 32
"""Characters below are the last of their number."""


class Measured(NamedTuple):
    """Of n masks: pixels [n], and boxes [n, 4] as x, y, w, h in pixels."""

    areas: Runs
    boxes: NDArray[np.int64]


def measured(instances: Iterable[Instance]) -> Iterator[Instance]:
    """The same objects in the same order; `rle.area` and `rle.bbox` of their masks cost nothing from then on.

    Raises RleError for a mask that cannot be trusted, and yields none after those before its batch."""
    for batch in _batches(instances):
        masks = [instance.rle for instance in batch if instance.rle.known is None]
        if masks:
            _learn(masks)
        yield from batch


def measure(masks: Sequence[Rle]) -> Measured:
    """Measure masks. Raises RleError, as `rle.runs` of one of them does."""
    try:
        return _measure(masks)
    except RleError:
        for mask in masks:  # which of them, and what is wrong with it
            rle.runs(mask)
        raise


def _learn(masks: Sequence[Rle]) -> None:
    areas, boxes = measure(masks)
    for mask, area, (x, y, width, height) in zip(masks, areas.tolist(), boxes.tolist(), strict=True):
        mask.learn(area, (x, y, width, height))


def _batches(instances: Iterable[Instance]) -> Iterator[list[Instance]]:
    batch: list[Instance] = []
    characters = 0
    for instance in instances:
        batch.append(instance)
        characters += len(instance.rle.counts)
        if len(batch) >= MOST or characters >= TOGETHER:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _measure(masks: Sequence[Rle]) -> Measured:
    back, fore, firsts, rows = _pairs(masks)
    sizes = np.array([mask.size for mask in masks], dtype=np.int64).reshape(-1, 2)
    areas = np.add.reduceat(fore, firsts)
    totals = areas + np.add.reduceat(back, firsts)
    if back.min() < 0 or fore.min() < 0 or (totals != sizes[:, 0] * sizes[:, 1]).any():
        raise RleError("A mask's runs do not make its image.")
    return Measured(areas, _boxes(back, fore, firsts, rows, sizes))


def _pairs(masks: Sequence[Rle]) -> tuple[Runs, Runs, Runs, Runs]:
    """Runs of all masks, background [m] and the foreground after it [m], and where in them each mask begins and how
    many are its own [n]. A mask of an odd number of runs ends with a foreground of 0."""
    try:
        raw = np.frombuffer("".join([mask.counts for mask in masks]).encode("ascii"), dtype=np.uint8)
    except UnicodeEncodeError:
        raise RleError("A mask's counts hold characters that are not ASCII.") from None
    borders = np.cumsum([len(mask.counts) for mask in masks])
    if len(raw) == 0 or raw.min() < FIRST or raw.max() > LAST:
        raise RleError("A mask's counts hold characters that may not occur.")
    last = np.flatnonzero(raw < _NUMERALS)
    counts = np.diff(np.searchsorted(last, borders), prepend=0)
    if not counts.all() or (raw[borders - 1] >= _NUMERALS).any():
        raise RleError("A mask's counts are missing, or end in the middle of a number.")
    values, odd = group(raw - FIRST, last), counts % 2 == 1
    if odd.any():  # so that background and foreground take turns from mask to mask
        values = np.insert(values, np.cumsum(counts)[odd], 0)
    rows = (counts + 1) // 2
    firsts = np.cumsum(rows) - rows
    back, fore = values[0::2].copy(), values[1::2].copy()
    # From the fourth run of a mask on, what is written is the difference to the run two before.
    heads = back[firsts]
    back[firsts] = 0  # the third run is not told by the first
    _sum_up(back, firsts, rows)
    _sum_up(fore, firsts, rows)
    back[firsts] = heads
    fore[(firsts + rows - 1)[odd]] = 0
    return back, fore, firsts, rows


def _sum_up(values: Runs, firsts: Runs, rows: Runs) -> None:
    """Running sums of each mask's own, in place."""
    starts = values[firsts]
    np.cumsum(values, out=values)
    values -= np.repeat(values[firsts] - starts, rows)


def _boxes(back: Runs, fore: Runs, firsts: Runs, rows: Runs, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Boxes [n, 4]."""
    ends = back + fore
    _sum_up(ends, firsts, rows)
    kept = fore > 0
    starts, ends = (ends - fore)[kept], ends[kept] - 1
    height = np.repeat(sizes[:, 0], rows)[kept]
    # A quotient of numbers below 2**30 is as far from a whole number as it is exact in float64.
    left, right = (starts / height).astype(np.int64), (ends / height).astype(np.int64)
    top, low = starts - left * height, ends - right * height
    whole = np.flatnonzero(left != right)  # goes round a column's end, so it touches both borders
    top[whole], low[whole] = 0, height[whole] - 1
    there = np.add.reduceat(kept, firsts, dtype=np.int64)
    filled = there > 0
    boxes = np.zeros((len(firsts), 4), dtype=np.int64)
    if filled.any():
        at = (np.cumsum(there) - there)[filled]
        x, y = np.minimum.reduceat(left, at), np.minimum.reduceat(top, at)
        across, down = np.maximum.reduceat(right, at) - x + 1, np.maximum.reduceat(low, at) - y + 1
        boxes[filled] = np.stack((x, y, across, down), axis=1)
    return boxes

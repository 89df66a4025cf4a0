"""Shape of a mask as numbers: where its middle is, and how much its convex hull holds beyond it. From the run lengths,
without a bitmap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from export.rle import Rle
from export.spans import Spans

Points = list[tuple[float, float]]


def centre(rle: Rle) -> tuple[float, float]:
    """Return the mean (x, y) of the foreground's pixel centres, in pixels from the image's corner; the image's middle
    for an empty mask."""
    spans, height = Spans.of(rle), rle.size[0]
    if not spans.area:
        return rle.size[1] / 2, height / 2
    columns, first, last = _by_column(spans, height)
    count = last - first + 1
    x = float((count * (columns + 0.5)).sum() / spans.area)
    y = float((count * (first + last + 1) / 2).sum() / spans.area)
    return x, y


def hull_area(rle: Rle) -> float:
    """Return the area, in pixels, of the convex hull of the foreground's pixels, each a unit square."""
    spans, height = Spans.of(rle), rle.size[0]
    if not spans.area:
        return 0.0
    columns, first, last = _by_column(spans, height)
    used, at = np.unique(columns, return_inverse=True)
    top, bottom = np.full(len(used), height), np.zeros(len(used), dtype=np.int64)
    np.minimum.at(top, at, first)
    np.maximum.at(bottom, at, last + 1)
    left, right = _chain(used, top, -1), _chain(used, bottom, 1)
    return _shoelace(left + right[::-1])


def concavity(rle: Rle) -> float:
    """Return 1 − area / area of the convex hull, 0 for a convex mask and for an empty one."""
    hull = hull_area(rle)
    return max(0.0, 1 - Spans.of(rle).area / hull) if hull else 0.0


def _by_column(spans: Spans, height: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The foreground as pieces of one column each: column, first and last row."""
    start, end = spans.starts // height, (spans.ends - 1) // height
    count = end - start + 1
    owner = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    columns = start[owner] + step
    first = np.where(step == 0, spans.starts[owner] % height, 0)
    last = np.where(columns == end[owner], (spans.ends[owner] - 1) % height, height - 1)
    return columns, first, last


def _chain(columns: NDArray[np.int64], edge: NDArray[np.int64], side: int) -> Points:
    """The upper (side −1) or lower half of the hull, from left to right: each column has two corners there."""
    kept: Points = []
    for column, y in zip(columns.tolist(), edge.tolist(), strict=True):
        for point in ((column, y), (column + 1, y)):
            while len(kept) > 1 and side * _turn(kept[-2], kept[-1], point) >= 0:
                kept.pop()
            kept.append(point)
    return kept


def _turn(one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def _shoelace(points: Points) -> float:
    x, y = np.array(points, dtype=np.float64).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)

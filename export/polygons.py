"""Masks to polygons that run along pixel edges, so that nothing is lost: corners are whole numbers, [x, y].

Parts are joined by pixel sides only (two pixels that touch at a corner are two parts), which keeps every outer ring
simple. Outer rings run clockwise on the screen, holes the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.rle import Mask, Rle, from_intervals

MAX_CROSSINGS = 1 << 25
"""Rows that all edges of one ring may cross together; its memory grows with them."""
Ring = NDArray[np.int64]
"""Corners [n, 2] as x, y; the last is joined to the first."""


@dataclass(frozen=True, slots=True)
class Polygon:
    """One part of an object: its outer ring and the holes in it."""

    outer: Ring
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class _Corners:
    """Every turn of the outline, sorted by y then x. A point where two pixels touch diagonally is listed twice."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    opens: NDArray[np.bool_]
    """The pixel right below the corner is foreground."""
    beside: list[int]
    """The other end of the horizontal side that meets this corner."""
    below: list[int]
    """The other end of the vertical side that meets this corner."""


def trace(mask: NDArray[Any], x: int = 0, y: int = 0) -> list[Polygon]:
    """Polygons of a mask [h, w], top to bottom; `x`, `y` shift a crop back to its place in the image."""
    padded = np.pad(np.asarray(mask, dtype=bool), 1)
    corners = _find_corners(padded)
    rings, owner = _walk(corners)
    shift = np.array([x, y])
    points = [np.stack((corners.x[ring], corners.y[ring]), axis=1) + shift for ring in rings]
    is_hole = [not bool(corners.opens[ring[0]]) for ring in rings]
    home = _homes(corners, rings, is_hole, owner)
    holes: dict[int, list[Ring]] = {index: [] for index, hole in enumerate(is_hole) if not hole}
    for index, hole in enumerate(is_hole):
        if hole:
            holes[home[index]].append(points[index][::-1])
    return [Polygon(points[index], tuple(inner)) for index, inner in holes.items()]


def fill(polygons: list[Polygon], height: int, width: int) -> Mask:
    """The mask [h, w] of polygons on pixel edges (even-odd): the inverse of `trace`."""
    flips = np.zeros((height + 1, width + 1), dtype=np.uint8)
    for polygon in polygons:
        for ring in (polygon.outer, *polygon.holes):
            _flip_right_of(flips, ring)
    # Down a column it is known which rows an upright edge passes; along a row each edge turns the colour over.
    rows = np.bitwise_xor.accumulate(flips, axis=0)[:height]
    mask: Mask = np.bitwise_xor.accumulate(rows, axis=1)[:, :width].view(bool)
    return mask


def filled(polygons: list[Polygon], height: int, width: int) -> Rle:
    """What `fill` gives, as run lengths: costs the outline, not the image. Raises RleError where it leaves it."""
    crossings = [_crossings(ring, height) for polygon in polygons for ring in (polygon.outer, *polygon.holes)]
    # Going down the columns, the colour turns at each; what is run along twice turns it twice.
    turns = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *crossings]))
    return from_intervals((height, width), turns[0::2], turns[1::2])


def _crossings(ring: Ring, height: int) -> NDArray[np.int64]:
    """Where the level edges of a ring cross the columns, as column-major pixel indices."""
    following = np.roll(ring, -1, axis=0)
    left, right = np.minimum(ring[:, 0], following[:, 0]), np.maximum(ring[:, 0], following[:, 0])
    lengths = np.where(ring[:, 1] == following[:, 1], right - left, 0)
    before = np.cumsum(lengths) - lengths
    columns = np.arange(int(lengths.sum())) + np.repeat(left - before, lengths)
    positions: NDArray[np.int64] = columns * height + np.repeat(ring[:, 1], lengths)
    return positions


def _flip_right_of(flips: NDArray[np.uint8], ring: Ring) -> None:
    following = np.roll(ring, -1, axis=0)
    upright = ring[:, 0] == following[:, 0]
    for x, y in (ring[upright].T, following[upright].T):
        np.bitwise_xor.at(flips.reshape(-1), y * flips.shape[1] + x, 1)


def _find_corners(padded: Mask) -> _Corners:
    """Looks at every 2 x 2 window: an odd number of foreground pixels is a turn, two diagonal ones are two turns."""
    top_left, top_right = padded[:-1, :-1], padded[:-1, 1:]
    low_left, low_right = padded[1:, :-1], padded[1:, 1:]
    odd = top_left ^ top_right ^ low_left ^ low_right
    falling = top_left & low_right & ~top_right & ~low_left
    rising = top_right & low_left & ~top_left & ~low_right
    y, x = np.divmod(np.flatnonzero(odd | falling | rising), odd.shape[1])
    twice = (falling | rising)[y, x]
    y, x, second = _doubled(y, twice), _doubled(x, twice), _second_of_pair(twice)
    # Along a row the first of a pair ends the left side; along a column the first ends the upper side. Which of them
    # are one corner decides whether the touching pixels are joined: here never.
    swap = rising[y, x] & _doubled(twice, twice)
    by_column = np.lexsort((second ^ swap, y, x))
    return _Corners(x, y, low_right[y, x], _partners(np.arange(len(x))), _partners(by_column))


def _doubled(values: NDArray[Any], twice: Mask) -> NDArray[Any]:
    return np.repeat(values, 1 + twice.astype(int))


def _second_of_pair(twice: Mask) -> Mask:
    second = np.zeros(len(twice) + int(twice.sum()), dtype=bool)
    second[np.cumsum(1 + twice.astype(int))[twice] - 1] = True
    return second


def _partners(order: NDArray[np.int64]) -> list[int]:
    """Sides begin and end at neighbours in the order: 0 with 1, 2 with 3, ..."""
    partner = np.empty(len(order), dtype=np.int64)
    partner[order[0::2]], partner[order[1::2]] = order[1::2], order[0::2]
    result: list[int] = partner.tolist()
    return result


def _walk(corners: _Corners) -> tuple[list[list[int]], list[int]]:
    """Rings as corner indices, each from its topmost, then leftmost corner to the right; and each corner's ring."""
    owner = [-1] * len(corners.x)
    rings: list[list[int]] = []
    for start in range(len(owner)):
        if owner[start] >= 0:
            continue
        ring, at = [], start
        while owner[at] < 0:
            across = corners.beside[at]
            owner[at] = owner[across] = len(rings)
            ring += [at, across]
            at = corners.below[across]
        rings.append(ring)
    return rings, owner


def _homes(corners: _Corners, rings: list[list[int]], is_hole: list[bool], owner: list[int]) -> dict[int, int]:
    """For each ring the outer ring of its part. A hole looks left from the pixel above its first corner; what it meets
    there is its part's outer ring or another hole of that part that starts higher up, so rings in order suffice."""
    home: dict[int, int] = {}
    if not any(is_hole):
        return {index: index for index in range(len(rings))}
    ends = np.array(corners.below)
    upper = corners.y < corners.y[ends]
    x, first, last = corners.x[upper], corners.y[upper], corners.y[ends][upper]
    ring_of = np.array(owner)[upper]
    for index, ring in enumerate(rings):
        if not is_hole[index]:
            home[index] = index
            continue
        row, column = int(corners.y[ring[0]]) - 1, int(corners.x[ring[0]])
        left = np.flatnonzero((first <= row) & (row < last) & (x <= column))
        home[index] = home[int(ring_of[left[np.argmax(x[left])]])]
    return home


def rasterise(rings: list[NDArray[np.float64]], height: int, width: int) -> Mask:
    """The mask [h, w] of polygons somebody drew: a pixel belongs to a ring [n, 2] when its centre does (even-odd),
    and to the object when it belongs to any ring. The inverse of `trace` for polygons without holes."""
    mask = np.zeros((height, width), dtype=bool)
    for ring in rings:
        mask |= even_odd([ring], height, width)
    return mask


def even_odd(rings: list[NDArray[np.float64]], height: int, width: int) -> Mask:
    """The mask [h, w] of what an odd number of the rings hold, all filled in one walk."""
    x0, y0 = np.concatenate(rings).T
    x1, y1 = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings]).T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(np.int64)
    if int((last - first).sum()) > MAX_CROSSINGS:
        raise ValueError("The polygon's outline is too long to be filled.")
    edge = np.repeat(np.arange(len(x0)), last - first)  # each edge once for every row of centres it crosses
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(last - first) - (last - first), last - first) + first[edge]
    crossing = x0[edge] + (rows + 0.5 - y0[edge]) * (x1 - x0)[edge] / (y1 - y0)[edge]
    columns = np.clip(np.ceil(crossing - 0.5), 0, width).astype(np.int64)
    flips = np.bincount(rows * (width + 1) + columns, minlength=height * (width + 1)) % 2 == 1
    inside: Mask = np.logical_xor.accumulate(flips.reshape(height, width + 1), axis=1)[:, :width]
    return inside

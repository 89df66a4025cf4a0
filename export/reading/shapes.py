"""Shapes that people drew, as masks: a pixel belongs to a shape when its centre does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from export import polygons, rle
from export.crops import place
from export.reading.fields import number

Points = NDArray[np.float64]
"""Corners [n, 2] as x, y in pixels, the image's corner at 0, 0."""
MAX_POINTS = 1_000_000
MAX_OUTLINE = 2_000_000
"""Pixels along the outline of one object up to which COCO's own code fills it."""


def points(flat: object) -> Points:
    """x1, y1, x2, y2, ... as corners. Raises ValueError for fewer than three of them."""
    if not isinstance(flat, list | tuple) or len(flat) < 6 or len(flat) % 2:
        raise ValueError("a polygon needs at least three points, x and y each.")
    if len(flat) > 2 * MAX_POINTS:
        raise ValueError(f"A polygon of {len(flat) // 2} points is more than the {MAX_POINTS} that are read.")
    return np.array([number(value) for value in flat], dtype=np.float64).reshape(-1, 2)


def pairs(corners: object) -> Points:
    """[[x, y], ...] as corners. Raises ValueError for fewer than three of them."""
    if not isinstance(corners, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in corners):
        raise ValueError("a polygon needs a list of points, x and y each.")
    return points([value for pair in corners for value in pair])


def of_rings(rings: Sequence[Points], height: int, width: int) -> rle.Rle:
    """The union of rings, each filled by the even-odd rule."""
    masks = [_of_ring(ring, height, width) for ring in rings]
    return masks[0] if len(masks) == 1 else rle.merge(masks)


def with_holes(outer: Points, holes: Iterable[Points], height: int, width: int) -> rle.Rle:
    """What lies in the outer ring and in no hole."""
    mask = _of_ring(outer, height, width)
    for hole in holes:
        mask = rle.subtract(mask, _of_ring(hole, height, width))
    return mask


def even_odd(rings: Sequence[Points], height: int, width: int) -> rle.Rle:
    """What an odd number of the rings hold: parts beside one another, holes, parts in holes. Filled in the part of the
    image they span, not in the whole."""
    low = np.clip(np.floor(np.min([ring.min(axis=0) for ring in rings], axis=0)), 0, (width, height)).astype(np.int64)
    high = np.clip(np.ceil(np.max([ring.max(axis=0) for ring in rings], axis=0)), 0, (width, height)).astype(np.int64)
    (left, top), (right, bottom) = low.tolist(), high.tolist()
    if left >= right or top >= bottom:
        raise ValueError("The polygon lies outside the image.")
    inside = polygons.even_odd([ring - low for ring in rings], bottom - top, right - left)
    return place(inside, left, top, height, width)


def of_box(x: float, y: float, box_width: float, box_height: float, height: int, width: int) -> rle.Rle:
    """A box, sides in any order: the pixels whose centres it covers, and at least the one it lies in."""
    left, right = _covered(x, x + box_width, width)
    top, bottom = _covered(y, y + box_height, height)
    if left >= right or top >= bottom:
        raise ValueError("The box lies outside the image.")
    return place(np.ones((bottom - top, right - left), dtype=bool), left, top, height, width)


def of_ellipse(x: float, y: float, radii: tuple[float, float], turn: float, height: int, width: int) -> rle.Rle:
    """An ellipse around (x, y), turned clockwise by degrees."""
    angles = np.linspace(0, 2 * math.pi, 361)[:-1]
    flat = np.stack((radii[0] * np.cos(angles), radii[1] * np.sin(angles)), axis=1)
    return of_rings([turned(flat, turn) + np.array([x, y])], height, width)


def of_turned_box(corner: Points, size: tuple[float, float], turn: float, height: int, width: int) -> rle.Rle:
    """A box turned clockwise by degrees around its `corner` (top left) [2]."""
    flat = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float64)
    return of_rings([turned(flat, turn) + corner], height, width)


def turned(flat: Points, degrees: float) -> Points:
    """Points turned clockwise (y points down) around 0, 0."""
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    result: Points = flat @ turn
    return result


def as_coco(rings: Sequence[Points], height: int, width: int) -> rle.Rle:
    """Rings as COCO's own code fills them, so that a mask is the one COCO's evaluation sees."""
    length = sum(float(np.abs(ring - np.roll(ring, -1, axis=0)).max(axis=1).sum()) for ring in rings)
    if length > MAX_OUTLINE:  # that code walks along the outline pixel by pixel, however far away it runs
        return of_rings(rings, height, width)
    filled = coco.merge(coco.frPyObjects([ring.ravel().tolist() for ring in rings], height, width))
    return rle.validate({"size": [height, width], "counts": filled["counts"].decode("ascii")}, height, width)


def row_major(lengths: NDArray[Any], height: int, width: int) -> rle.Mask:
    """Runs [n] along the rows, background first, as a mask [h, w]. Raises ValueError unless they fill it."""
    if len(lengths) and (lengths.min() < 0 or int(lengths.sum()) != height * width):
        raise ValueError(f"The runs make {int(lengths.sum())} pixels, but {height} x {width} are {height * width}.")
    mask: rle.Mask = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(height, width)
    return mask


def row_runs(mask: rle.Mask) -> list[int]:
    """A mask [h, w] as runs along its rows, background first."""
    flat = mask.ravel()
    borders = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths: list[int] = np.diff(np.concatenate(([0], borders, [flat.size]))).tolist()
    return [0, *lengths] if flat[0] else lengths


def _covered(first: float, last: float, size: int) -> tuple[int, int]:
    low, high = min(first, last), max(first, last)
    start, end = math.ceil(low - 0.5), math.ceil(high - 0.5)
    if start == end and low < high:  # a sliver between two centres
        start = math.floor((low + high) / 2)
        end = start + 1
    return max(0, start), min(size, end)


def _of_ring(ring: Points, height: int, width: int) -> rle.Rle:
    return even_odd([ring], height, width)

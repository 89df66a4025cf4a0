"""The shapes of CVAT's XML as masks, and what stands beside them; of images and of tracks alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from export import crops, rle
from export.reading.fields import numeral, shortened, whole_numeral
from export.reading.shapes import Points, of_box, of_ellipse, of_rings, row_major, turned

OWN_FIELD = "maskwright"


def mask_of(shape: Element, height: int, width: int) -> rle.Rle:
    """The mask of one shape. Raises ValueError where it has none."""
    check(shape)
    return _SHAPES[shape.tag](shape, height, width)


def has_mask(shape: Element) -> bool:
    """Whether it is a shape that has pixels."""
    return shape.tag in _SHAPES


def check(shape: Element) -> None:
    """Raise ValueError for a shape without pixels."""
    if not has_mask(shape):
        raise ValueError(f"A <{shape.tag[:40]}> is no mask.")


def attributes_of(shape: Element) -> dict[str, Any]:
    """Its `attribute` elements: text, but for those that were written here. Raises ValueError."""
    attributes: dict[str, Any] = {}
    for field in shape.iterfind("attribute"):
        value = field.text or ""
        attributes[field.get("name", "")] = json_value(value) if field.get(f"{OWN_FIELD}-kind") == "json" else value
    return attributes


def is_upright_box(shape: Element) -> bool:
    """Whether it is a box that nobody turned."""
    return shape.tag == "box" and not _turn(shape)


def json_value(raw: str) -> Any:
    """What a piece of JSON says. Raises ValueError where it is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise ValueError(f"{shortened(raw)} is not JSON.") from None


def _turn(shape: Element) -> float:
    return numeral(shape.get("rotation", "0"))


def _mask(shape: Element, height: int, width: int) -> rle.Rle:
    left, top, part_width, part_height = (whole_numeral(shape.get(s)) for s in ("left", "top", "width", "height"))
    inside = left >= 0 <= top and part_width > 0 < part_height
    if not inside or left + part_width > width or top + part_height > height:
        raise ValueError("The mask does not lie inside the image.")
    words = (shape.get("rle") or "").split(",")
    if len(words) > part_width * part_height + 1:
        raise ValueError("The mask has more runs than pixels.")
    try:
        lengths = np.array([int(word) for word in words], dtype=np.int64)
    except (ValueError, OverflowError):
        raise ValueError("The mask's runs are not whole numbers.") from None
    return crops.place(row_major(lengths, part_height, part_width), left, top, height, width)


def _polygon(shape: Element, height: int, width: int) -> rle.Rle:
    pairs = [[numeral(value) for value in pair.split(",")] for pair in (shape.get("points") or "").split(";") if pair]
    if len(pairs) < 3 or any(len(pair) != 2 for pair in pairs):
        raise ValueError("a polygon needs at least three points, x and y each.")
    return of_rings([np.array(pairs)], height, width)


def _box(shape: Element, height: int, width: int) -> rle.Rle:
    left, top, right, bottom = (numeral(shape.get(side)) for side in ("xtl", "ytl", "xbr", "ybr"))
    if not _turn(shape):
        return of_box(left, top, right - left, bottom - top, height, width)
    # CVAT turns a box around its middle.
    middle: Points = np.array([(left + right) / 2, (top + bottom) / 2])
    size = (right - left, bottom - top)
    x, y = size[0] / 2, size[1] / 2
    ring = turned(np.array([[-x, -y], [x, -y], [x, y], [-x, y]]), _turn(shape))
    return of_rings([ring + middle], height, width)


def _ellipse(shape: Element, height: int, width: int) -> rle.Rle:
    x, y, across, down = (numeral(shape.get(side)) for side in ("cx", "cy", "rx", "ry"))
    return of_ellipse(x, y, (across, down), _turn(shape), height, width)


_SHAPES: dict[str, Callable[[Element, int, int], rle.Rle]] = {
    "mask": _mask, "polygon": _polygon, "box": _box, "ellipse": _ellipse,
}  # fmt: skip

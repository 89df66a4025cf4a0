"""Polygons for the formats that have nothing better."""

from __future__ import annotations

import numpy as np

from export.crops import cut
from export.polygons import Polygon, fill, trace
from export.rle import Rle, area, bbox


def outline(mask: Rle) -> list[Polygon]:
    """Polygons of a mask along pixel edges, in image pixels."""
    return trace(*cut(mask))


def filled_pixels(polygons: list[Polygon], mask: Rle) -> int:
    """How many background pixels turn into foreground when every outer ring is filled and the parts are united."""
    x, y, width, height = bbox(mask)
    union = np.zeros((height, width), dtype=bool)
    for polygon in polygons:
        union |= fill([Polygon(polygon.outer - np.array([x, y]))], height, width)
    return int(union.sum()) - area(mask)

"""What the editor's benchmark opens: photos of a given size, and thousands of ragged objects on one of them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
from pycocotools import mask as coco

SIDE = 96
"""Pixels of the bitmap that an object is drawn in before it is placed on its photo."""


def photo(width: int, height: int, seed: int) -> bytes:
    """A JPEG with soft shapes and some grain, so that it decodes at the cost of a real one; differs with `seed`."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (24, 32, 3), dtype=np.uint8)
    picture = PIL.Image.fromarray(coarse).resize((width, height), PIL.Image.Resampling.BICUBIC)
    grain = PIL.Image.fromarray(random.integers(96, 160, (512, 512, 3), dtype=np.uint8))
    tile = PIL.Image.new("RGB", (width, height))
    for x in range(0, width, 512):
        for y in range(0, height, 512):
            tile.paste(grain, (x, y))
    out = io.BytesIO()
    PIL.Image.blend(picture, tile, 0.15).save(out, "JPEG", quality=88)
    return out.getvalue()


def objects(count: int, width: int, height: int) -> list[dict[str, Any]]:
    """COCO run lengths of `count` ragged blobs of about 20 to 90 pixels, all over a photo of that size."""
    random = np.random.default_rng(5)
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    angle, distance = np.arctan2(rows, columns), np.hypot(rows, columns)
    shapes = []
    for _ in range(64):
        ripple = 1 + 0.25 * np.sin(angle * random.integers(3, 11) + random.uniform(0, 6))
        shapes.append(distance < random.uniform(8, 36) * ripple)
    corners = random.integers(0, (width - SIDE, height - SIDE), (count, 2)).tolist()
    return [_placed(shapes[index % len(shapes)], x, y, width, height) for index, (x, y) in enumerate(corners)]


def _placed(shape: np.ndarray, x: int, y: int, width: int, height: int) -> dict[str, Any]:
    """Run lengths of a shape whose bitmap's corner lies at (x, y); the bitmap's rim is empty."""
    column, row = np.divmod(np.flatnonzero(np.diff(shape.ravel(order="F"))) + 1, SIDE)
    borders = (x + column) * height + y + row
    counts = np.diff(np.concatenate([[0], borders, [width * height]])).tolist()
    packed = coco.frPyObjects({"size": [height, width], "counts": counts}, height, width)
    return {"size": [height, width], "counts": packed["counts"].decode()}

"""Finding faces with CenterFace, run by onnxruntime."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from sam_backend.faces.weights import load_weights

STRIDE = 4
"""Pixels of the input for each cell of the outputs."""
MULTIPLE = 32
"""Sides of the input are multiples of this, for the network halves them five times."""
OVERLAP = 0.3
"""Two boxes with a larger IoU are one face."""
LOWEST = 0.05
"""Nothing below this score is ever looked at."""
SIDES = (640, 1280)
"""Longest sides at which a whole picture is looked at, px: one for large faces, one for small ones."""
TILED_SIDE = 2560
"""A picture that is larger than the last of them is looked at in parts besides, at this longest side: in a photo of
twelve megapixels somebody can be known by a face that is nothing at 1280 pixels."""
SHARED = 0.15
"""Of a part's side that its neighbour shows, too, so that no small face is cut in all of them."""
LARGEST_ZOOM = 3.0
"""A small picture is enlarged at most so many times."""

Pixels = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]
Part = tuple[int, int, int, int]


@dataclass(frozen=True)
class Face:
    """A face: its box in pixels of the picture, origin at the top-left corner, and how sure the detector is, 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    score: float


def find_faces(picture: Image.Image, threshold: float) -> list[Face]:
    """Return the faces on a picture, the surest first.

    Args:
        picture: upright; any mode that can be converted to RGB, any size.
        threshold: lowest score, 0.05 to 1.

    Raises:
        MissingWeightsError: the detector is not installed.
    """
    rows = [_look(picture, part, size) for part, size in views(picture.size)]
    boxes = np.concatenate(rows)
    boxes = boxes[boxes[:, 4] >= max(threshold, LOWEST)]
    return [
        Face(float(x0), float(y0), float(x1 - x0), float(y1 - y0), float(score))
        for x0, y0, x1, y1, score in boxes[suppress(boxes)]
    ]


def views(size: tuple[int, int]) -> list[tuple[Part, tuple[int, int]]]:
    """Return what is looked at of a picture of this (width, height): parts (x0, y0, x1, y1 in its pixels), each with
    the (width, height) it is brought to."""
    longest = max(size)
    scales = sorted({min(side / longest, LARGEST_ZOOM) for side in SIDES})
    found = [((0, 0, *size), (_multiple(size[0] * scale), _multiple(size[1] * scale))) for scale in scales]
    if longest > SIDES[-1]:
        scale = min(1.0, TILED_SIDE / longest)
        part = SIDES[-1] / scale
        for y0, y1 in _stretches(size[1], part):
            for x0, x1 in _stretches(size[0], part):
                found.append(((x0, y0, x1, y1), (_multiple((x1 - x0) * scale), _multiple((y1 - y0) * scale))))
    return list(dict.fromkeys(found))


def _stretches(side: int, part: float) -> list[tuple[int, int]]:
    """Cut a side into equal stretches of at most `part` pixels that overlap."""
    if side <= part:
        return [(0, side)]
    count = ceil((side - part) / (part * (1 - SHARED))) + 1
    step = (side - part) / (count - 1)
    return [(round(at * step), min(side, round(at * step + part))) for at in range(count)]


def _multiple(side: float) -> int:
    return max(1, round(side / MULTIPLE)) * MULTIPLE


def _look(picture: Image.Image, part: Part, size: tuple[int, int]) -> Boxes:
    """Boxes [n, 5] float32 (x0, y0, x1, y1 in the picture's pixels, score) from one look at a part at this size."""
    flat = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    small = flat.resize(size, Image.Resampling.BILINEAR, box=part, reducing_gap=2.0).convert("RGB")
    pixels = np.asarray(small, np.float32).transpose(2, 0, 1)[None]
    session, guard = _session()
    with guard:
        heat, scale, offset, _ = session.run(None, {"input.1": np.ascontiguousarray(pixels)})
    boxes = decode(heat[0, 0], scale[0], offset[0])
    across, down = (part[2] - part[0]) / size[0], (part[3] - part[1]) / size[1]
    boxes[:, [0, 2]] = np.clip(boxes[:, [0, 2]] * across + part[0], 0, picture.width)
    boxes[:, [1, 3]] = np.clip(boxes[:, [1, 3]] * down + part[1], 0, picture.height)
    inside = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    return np.asarray(boxes[inside], np.float32)


def decode(heat: npt.NDArray[np.float32], scale: npt.NDArray[np.float32], offset: npt.NDArray[np.float32]) -> Boxes:
    """Turn the network's maps into boxes (CenterFace, section 3.1): a face is a cell whose heat is its score, `scale`
    holds the logarithms of height and width in cells, `offset` how far down and right of the cell's middle it lies.

    Args:
        heat: [h, w] float32, 0 to 1.
        scale, offset: [2, h, w] float32, first along y, then along x.

    Returns:
        [n, 5] float32: x0, y0, x1, y1 in pixels of the network's input, and the score.
    """
    rows, columns = np.nonzero(heat >= LOWEST)
    height, width = np.exp(scale[:, rows, columns]) * STRIDE
    y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2, heat[rows, columns])
    return np.stack(corners, axis=1).astype(np.float32)


def suppress(boxes: Boxes, overlap: float = OVERLAP) -> list[int]:
    """Return which of the boxes [n, 5] (x0, y0, x1, y1, score) stay, the surest first: each that does not overlap a
    surer one with a larger IoU than `overlap`."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    left = np.argsort(-boxes[:, 4], kind="stable")
    kept: list[int] = []
    while len(left):
        best, rest = left[0], left[1:]
        kept.append(int(best))
        low = np.maximum(boxes[best, :2], boxes[rest, :2])
        high = np.minimum(boxes[best, 2:4], boxes[rest, 2:4])
        shared = np.prod(np.clip(high - low, 0, None), axis=1)
        left = rest[shared <= overlap * (areas[best] + areas[rest] - shared)]
    return kept


@lru_cache(maxsize=1)
def _session() -> tuple[Any, threading.Lock]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 2
    # Pictures of every size come by: what is kept for the largest would be kept for good.
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(load_weights(), options, providers=["CPUExecutionProvider"])
    return session, threading.Lock()

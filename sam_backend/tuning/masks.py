"""Accepted masks as learning and measuring want them: on the decoder's grid, and at a size that can be clicked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from sam_backend.rle import Rle
from sam_backend.transforms import Frame

LONGEST = 1024
"""Longest side in px at which masks are measured; larger images are measured on every n-th pixel."""


def size_of(rle: Rle) -> tuple[int, int]:
    """(height, width)."""
    height, width = rle["size"]
    return int(height), int(width)


def area_of(rle: Rle) -> int:
    """Pixels of a mask, without decoding it."""
    return int(coco_mask.area(rle))


def measured_size(height: int, width: int) -> tuple[int, int]:
    """(height, width) at which an image's masks are measured."""
    scale = min(1.0, LONGEST / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def measured_mask(rle: Rle) -> npt.NDArray[np.bool_]:
    """The mask at `measured_size`, bool: each pixel is the one in the middle of what it stands for."""
    full = np.asarray(coco_mask.decode(rle), np.bool_)
    height, width = measured_size(*full.shape)
    if (height, width) == full.shape:
        return full
    return full[_middles(full.shape[0], height)[:, None], _middles(full.shape[1], width)]


def _middles(source: int, target: int) -> npt.NDArray[np.intp]:
    return ((np.arange(target) + 0.5) * (source / target)).astype(np.intp)


def grid_mask(rle: Rle, frame: Frame, side: int) -> npt.NDArray[np.uint8]:
    """The share of each cell that a mask covers, 0-255, uint8 [side, side] over the padded square."""
    import cv2  # here, so that what only measures does not need it

    full = np.asarray(coco_mask.decode(rle), np.uint8) * 255
    scaled = (frame.scaled_width, frame.scaled_height)
    shrinks = frame.scaled_width < full.shape[1]
    square = np.zeros((frame.input_size, frame.input_size), np.uint8)
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    square[: scaled[1], : scaled[0]] = cv2.resize(full, scaled, interpolation=how)
    return np.asarray(cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA), np.uint8)

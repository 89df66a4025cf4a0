"""Where to ask: crops of the image and the points in each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.amg.params import Params


@dataclass(frozen=True)
class Crop:
    """A part of the image that is encoded on its own: ``layer`` 0 is the whole image."""

    layer: int
    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0


def point_grid(per_side: int) -> npt.NDArray[np.float64]:
    """Centres of ``per_side`` x ``per_side`` equal cells as (x, y) in 0..1, row by row: [n, 2]."""
    centres = (np.arange(per_side) + 0.5) / per_side
    return np.stack([np.tile(centres, per_side), np.repeat(centres, per_side)], 1)


def crop_points(crop: Crop, params: Params) -> npt.NDArray[np.float64]:
    """The crop's points in its own pixels [n, 2]."""
    per_side = max(1, params.points_per_side // params.points_downscale**crop.layer)
    return point_grid(per_side) * (crop.width, crop.height)


def crops_of(height: int, width: int, params: Params) -> list[Crop]:
    """The whole image, then each layer's crops in reading order; crops of layer i are 2^i per side."""
    found = [Crop(0, 0, 0, width, height)]
    for layer in range(1, params.crop_layers + 1):
        per_side = 2**layer
        overlap = int(params.crop_overlap * min(height, width) * (2 / per_side))
        across, down = _spans(width, per_side, overlap), _spans(height, per_side, overlap)
        found += [Crop(layer, x0, y0, x1, y1) for y0, y1 in down for x0, x1 in across]
    return found


def _spans(length: int, count: int, overlap: int) -> list[tuple[int, int]]:
    """``count`` equal spans that overlap by ``overlap`` and together cover 0..length."""
    size = math.ceil((overlap * (count - 1) + length) / count)
    starts = [min(index * (size - overlap), length - 1) for index in range(count)]
    return [(start, min(start + size, length)) for start in starts]

"""Edges as thin lines: what of a map of strengths lies on the crest of a ridge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Map = npt.NDArray[np.float32]

SMOOTH = 1.0
"""Sigma in pixels of the smoothing before the crests are looked for."""
CURVATURE = 2.0
"""Sigma in pixels at which a ridge's direction is measured."""
SLACK = 1.01
"""A neighbour must be this many times as strong to remove a pixel, so that flat crests stay."""


def on_crests(strength: Map) -> Map:
    """The map smoothed, with 0 where a neighbour one pixel across the ridge is stronger (edge NMS: Canny 1986).

    Across the ridge is where the map is curved most, downwards on the crest and upwards at its foot: the Hessian's
    eigenvector of the eigenvalue farthest from 0.
    """
    smooth = ndimage.gaussian_filter(strength, SMOOTH)
    yy, yx, xx = (ndimage.gaussian_filter(strength, CURVATURE, order=order) for order in ((2, 0), (1, 1), (0, 2)))
    across = 0.5 * np.arctan2(2 * yx, xx - yy) + np.where(xx + yy < 0, np.pi / 2, 0)
    rows, columns = np.indices(strength.shape)
    keep = np.ones(strength.shape, bool)
    for side in (1, -1):
        place = [rows + side * np.sin(across), columns + side * np.cos(across)]
        keep &= ndimage.map_coordinates(smooth, place, order=1, mode="nearest") <= SLACK * smooth
    return np.where(keep, smooth, 0).astype(np.float32)


def to_unit(strength: Map) -> Map:
    """The map scaled so that its strongest pixel is 1."""
    top = float(strength.max())
    return strength / top if top > 0 else strength

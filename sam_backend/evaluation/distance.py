"""How deep each pixel lies in a mask: the one step of the protocol that is worth a faster library where it is there."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


@cache
def opencv() -> Any:
    """OpenCV, loaded by the first mask; None where it is not: the app's workers need not have it."""
    try:
        return import_module("cv2")
    except ImportError:
        return None


def depth_map(mask: Mask) -> npt.NDArray[np.float32]:
    """Euclidean distance of each mask pixel to the nearest pixel outside, px; the image's border counts as outside.

    Exact with either library, so that the simulated clicks do not depend on what is installed.
    """
    depth = np.zeros(mask.shape, np.float32)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return depth
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    padded = np.pad(mask[part].astype(np.uint8), 1)
    if (cv2 := opencv()) is not None:
        distances = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    else:
        distances = scipy_distance(padded)
    depth[part] = distances[1:-1, 1:-1]
    return depth


def scipy_distance(padded: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The same without OpenCV, ten times slower."""
    from scipy import ndimage  # loaded by the first mask, not by every process of the app

    return np.asarray(ndimage.distance_transform_edt(padded), np.float32)

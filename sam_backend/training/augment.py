"""Augmentation: one affine map for image and masks, and colour jitter.

Large-scale jitter as the paper names it for training on few data (appendix A), without its extremes.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

SCALE = (0.75, 2.2)
MAX_TILT = math.radians(12)


def random_affine(
    shape: tuple[int, int], focus: npt.NDArray[np.uint8], size: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """A 2×3 matrix from image pixels to the size × size square.

    Args:
        shape: (height, width) of the image.
        focus: uint8 mask [h, w] that must stay in view when the image is magnified.
    """
    height, width = shape
    longest = size * (math.exp(rng.uniform(*np.log(SCALE))) if rng.random() < 0.75 else 1.0)
    scale = longest / max(height, width)
    stretch = math.exp(rng.uniform(-0.12, 0.12))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    tilt = rng.uniform(-MAX_TILT, MAX_TILT) if rng.random() < 0.3 else 0.0
    sx, sy = scale * stretch, scale / stretch
    linear = np.array(
        [[math.cos(tilt) * sx * flip, -math.sin(tilt) * sy], [math.sin(tilt) * sx * flip, math.cos(tilt) * sy]]
    )
    fits = max(width * sx, height * sy) <= size * 1.02
    if fits and tilt == 0.0 and rng.random() < 0.5:
        # As at inference: the image in the top-left corner, padding at the right and bottom.
        shift = np.array([width * sx if flip < 0 else 0.0, 0.0])
    else:
        shift = _placement(linear, (height, width), focus, size, longest, rng)
    return np.concatenate([linear, shift[:, None]], 1)


def _placement(
    linear: npt.NDArray[np.float64],
    shape: tuple[int, int],
    focus: npt.NDArray[np.uint8],
    size: int,
    longest: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    height, width = shape
    if longest <= size * 1.05:
        centre = np.array([width / 2, height / 2])
        target = np.full(2, size / 2) + rng.uniform(-0.1, 0.1, 2) * size
        return np.asarray(target - linear @ centre)
    ys, xs = np.nonzero(focus)
    pick = rng.integers(len(ys))
    centre = np.array([xs[pick] * width / focus.shape[1], ys[pick] * height / focus.shape[0]])
    shift = rng.uniform(0.15, 0.85, 2) * size - linear @ centre
    if linear[0, 1] == 0.0:
        shift = _clamped(shift, linear, (width, height), size)
    return np.asarray(shift)


def _clamped(
    shift: npt.NDArray[np.float64], linear: npt.NDArray[np.float64], extent: tuple[int, int], size: int
) -> npt.NDArray[np.float64]:
    """Moves an upright, magnified image so that it covers the square where it is large enough to."""
    result = shift.copy()
    for axis, pixels in enumerate(extent):
        low, high = sorted((shift[axis], shift[axis] + pixels * linear[axis, axis]))
        if high - low >= size:
            result[axis] += -low if low > 0 else max(0.0, size - high)
    return result


def colour_jitter(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Brightness, contrast, tint, saturation, noise, blur, rarely a negative; RGB uint8 in and out."""
    x = image.astype(np.float32)
    if rng.random() < 0.8:
        x *= rng.uniform(0.7, 1.3)
        if rng.random() < 0.6:
            x = (x - x.mean()) * rng.uniform(0.7, 1.35) + x.mean()
        if rng.random() < 0.5:
            x *= rng.uniform(0.88, 1.12, 3).astype(np.float32)
        if rng.random() < 0.4:
            grey = x.mean(2, keepdims=True)
            x = grey + (x - grey) * rng.uniform(0, 1.5)
        if rng.random() < 0.1:
            x = x + rng.normal(0, rng.uniform(2, 12), x.shape).astype(np.float32)
        if rng.random() < 0.1:
            x = np.asarray(cv2.GaussianBlur(x, (0, 0), rng.uniform(0.5, 1.2)), np.float32)
    if rng.random() < 0.03:
        x = 255 - x
    return np.asarray(np.clip(x, 0, 255), np.uint8)

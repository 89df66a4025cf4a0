"""Copy-paste augmentation (Ghiasi et al. 2021): an object of another image, with its mask, onto this one."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
SIZE = (0.15, 0.7)
"""Longest side of the pasted object as a share of the image's longest side."""
FEATHER = 1.0
"""Blur of the pasted border, px, so that the seam is no clue."""
TRUST = 16
"""Fewer pixels than this are no object."""


def paste_object(
    pixels: Pixels, masks: list[Pixels], other: Pixels, mask: Pixels, rng: np.random.Generator
) -> tuple[Pixels, list[Pixels]]:
    """Pastes the object that `mask` marks on `other`, scaled, perhaps mirrored, somewhere inside the image.

    Args:
        pixels: RGB uint8 [h, w, 3]; `other` likewise, of any size.
        masks: uint8 0/1 masks of `pixels`, of any common size; what is covered is taken out of them.
        mask: uint8 0/1, of any size, of `other`.

    Returns:
        the new image, and the pasted mask followed by the given ones, all [h, w].
    """
    height, width = pixels.shape[:2]
    fitted = [_fit(m, (height, width)) for m in masks]
    at_source = _fit(mask, (other.shape[0], other.shape[1]))
    if int(at_source.sum()) < TRUST:
        return pixels, fitted
    x, y, w, h = cv2.boundingRect(at_source)
    scale = max(height, width) * math.exp(rng.uniform(*np.log(SIZE))) / max(w, h)
    flip = -1.0 if rng.random() < 0.5 else 1.0
    target = rng.uniform(0, 1, 2) * (width, height)
    centre = np.array([x + w / 2, y + h / 2])
    linear = np.array([[scale * flip, 0], [0, scale]])
    affine = np.concatenate([linear, (target - linear @ centre)[:, None]], 1)
    placed = np.asarray(cv2.warpAffine(at_source * 255, affine, (width, height), flags=cv2.INTER_LINEAR), np.uint8)
    covered = (placed > 127).astype(np.uint8)
    if int(covered.sum()) < TRUST:
        return pixels, fitted
    moved = cv2.warpAffine(other, affine, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    share = cv2.GaussianBlur(covered.astype(np.float32), (0, 0), FEATHER)[..., None]
    mixed = pixels * (1 - share) + moved * share
    return np.asarray(mixed.round(), np.uint8), [covered, *(m * (1 - covered) for m in fitted)]


def _fit(mask: Pixels, shape: tuple[int, int]) -> Pixels:
    if mask.shape == shape:
        return mask
    resized = cv2.resize(mask * 255, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(resized > 127, np.uint8)

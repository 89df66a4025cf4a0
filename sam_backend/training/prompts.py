"""Prompt simulation (paper, appendix A "Training algorithm")."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

BOX_NOISE = 0.1
"""Standard deviation of the box jitter as a share of the side (paper)."""
BOX_NOISE_MAX = 20.0
"""Largest jitter in px at 1024 px (paper); scaled with the image size here."""
CENTRE_SHARE = 0.6
"""Share of first points drawn from the inside of the mask rather than anywhere in it: people aim for the middle
(ours)."""


def first_prompt(
    mask: npt.NDArray[np.bool_], rng: np.random.Generator, box_share: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """A point in the mask or its jittered box.

    Args:
        mask: bool [S, S], not empty.
        box_share: chance of a box.

    Returns:
        points float32 [2, 2] (x, y) in px, labels int64 [2]: (1, -1) or (2, 3).
    """
    if rng.random() < box_share:
        return jittered_box(mask, rng), np.array([2, 3], np.int64)
    points = np.zeros((2, 2), np.float32)
    points[0] = _point_inside(mask, rng)
    return points, np.array([1, -1], np.int64)


def jittered_box(mask: npt.NDArray[np.bool_], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """The mask's box with the paper's noise, float32 [2, 2] as (x0, y0), (x1, y1), inside the image."""
    size = mask.shape[0]
    x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
    sides = np.array([[w, h], [w, h]], np.float64)
    limit = BOX_NOISE_MAX * size / 1024
    noise = np.clip(rng.normal(0, BOX_NOISE, (2, 2)) * sides, -limit, limit)
    corners = np.array([[x, y], [x + w, y + h]], np.float64) + noise
    low, high = corners.min(0), np.maximum(corners.max(0), corners.min(0) + 1)
    box: npt.NDArray[np.float32] = np.clip(np.stack([low, high]), 0, size).astype(np.float32)
    return box


def _point_inside(mask: npt.NDArray[np.bool_], rng: np.random.Generator) -> tuple[float, float]:
    pool = mask
    if rng.random() < CENTRE_SHARE:
        padded = np.pad(mask.astype(np.uint8), 1)
        depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
        pool = mask & (depth >= depth.max() * rng.uniform(0.3, 0.95))
    ys, xs = np.nonzero(pool)
    pick = rng.integers(len(ys))
    return float(xs[pick]) + 0.5, float(ys[pick]) + 0.5


def error_point(logits: Tensor, target: Tensor, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The next click: a point from the error region, foreground where the mask misses, background where it spills.

    Points deep in an error are likelier than points on its rim, as with people (ours; the paper draws uniformly).

    Args:
        logits: [N, m, m] current mask; target: [N, m, m] truth, 0-1.
        size: side of the image in px, the frame of the returned points.

    Returns:
        points float32 [N, 1, 2], labels int64 [N, 1]; a perfect mask yields a padding point (label -1).
    """
    prediction, truth = logits > 0, target > 0.5
    wrong = (prediction != truth).float()
    depth = F.avg_pool2d(wrong[:, None], 7, 1, 3)[:, 0] * wrong
    weight = depth.pow(3).flatten(1)
    none = wrong.flatten(1).sum(1) == 0
    pick = torch.multinomial(weight + none[:, None].float() + 1e-9 * wrong.flatten(1), 1, generator=generator)[:, 0]
    side = target.shape[-1]
    xy = torch.stack([pick % side + 0.5, pick.div(side, rounding_mode="floor") + 0.5], -1).float() * (size / side)
    label = truth.flatten(1).gather(1, pick[:, None])[:, 0].long()
    label = torch.where(none, torch.full_like(label, -1), label)
    return xy[:, None], label[:, None]

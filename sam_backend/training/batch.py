"""What one training step sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

OTHERS = 2
"""With the mask that is asked for, one for each of the three candidates."""


@dataclass(frozen=True)
class Batch:
    """B images with K masks each; every array is C-contiguous.

    Attributes:
        images: what the model's `encode` takes: uint8 [B, 3, S, S], RGB, padded at the bottom and right like at
            inference; or int64 [B], which of the images whose features are stored.
        masks: uint8 [B, K, m, m], 0-255 coverage of each mask in the same padded square.
        points: float32 [B, K, 2, 2], (x, y) in pixels of the S×S square.
        labels: int64 [B, K, 2]; (1, -1) for a point, (2, 3) for a box.
        others: uint8 [B, K, `OTHERS`, m, m], further masks that a point may have meant; all 0 where there is none.
    """

    images: npt.NDArray[np.integer]
    masks: npt.NDArray[np.uint8]
    points: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    others: npt.NDArray[np.uint8]


def stack(samples: list[Batch]) -> Batch:
    """Joins single-image samples ([3, S, S], [K, m, m], ...) into one batch."""
    return Batch(
        images=np.stack([s.images for s in samples]),
        masks=np.stack([s.masks for s in samples]),
        points=np.stack([s.points for s in samples]),
        labels=np.stack([s.labels for s in samples]),
        others=np.stack([s.others for s in samples]),
    )

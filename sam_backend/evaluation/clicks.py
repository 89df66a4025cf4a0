"""Simulated clicks: where a person would click first, and next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.distance import Mask, depth_map


@dataclass(frozen=True)
class Click:
    """A click in image pixels (pixel centres at .5); label 1 adds, 0 removes."""

    x: float
    y: float
    label: int


def centre_click(region: Mask, label: int, rng: np.random.Generator | None = None) -> Click:
    """The deepest point of a region (the usual protocol); with `rng`, a random point at least half as deep.

    Centre clicks flatter a model (people miss the centre), so results are given for both.

    Raises:
        ValueError: the region is empty.
    """
    if not region.any():
        raise ValueError("cannot click into an empty region")
    depth = depth_map(region)
    if rng is None:
        index = int(depth.argmax())
    else:
        pool = np.flatnonzero(depth >= depth.max() / 2)
        index = int(pool[rng.integers(len(pool))])
    y, x = divmod(index, region.shape[1])
    return Click(x + 0.5, y + 0.5, label)


def next_click(prediction: Mask, truth: Mask, rng: np.random.Generator | None = None) -> Click | None:
    """A click at the centre of the largest error region (by depth); None when the prediction is perfect."""
    missed, spilled = truth & ~prediction, prediction & ~truth
    if not missed.any() and not spilled.any():
        return None
    add = depth_map(missed).max() >= depth_map(spilled).max()
    return centre_click(missed, 1, rng) if add else centre_click(spilled, 0, rng)


def mask_box(mask: Mask) -> npt.NDArray[np.float32]:
    """Tight box (x0, y0, x1, y1) around a mask that is not empty, right and bottom exclusive, float32."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)

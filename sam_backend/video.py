"""The way to `sam_backend.tracking` for those who must work, and be checked, without PyTorch."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Prompt:
    """Where an object is in a frame: a mask bool [H, W] of the frame's size, or points and a box.

    Attributes:
        mask: alone, or None.
        coords: [N, 2] (x, y) in the square of the package's `point_frame`.
        labels: [N]: 1 foreground, 0 background, 2 and 3 a box's corners, which come first.
    """

    mask: npt.NDArray[np.bool_] | None = None
    coords: Sequence[tuple[float, float]] = ()
    labels: Sequence[int] = ()


def can_follow() -> bool:
    """Whether PyTorch is there, which following takes."""
    return importlib.util.find_spec("torch") is not None


def load_tracker(weights: Path, frames: int) -> Any:
    """`sam_backend.tracking.load_tracker`, found by name.

    Raises:
        ValueError: the file is damaged, or its model remembers nothing.
    """
    return importlib.import_module("sam_backend.tracking").load_tracker(weights, frames)

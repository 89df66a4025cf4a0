"""The way to `sam_backend.tracking` for those who must work, and be checked, without PyTorch."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sam_backend.prompts import CORNER_0, CORNER_1, check_box, check_points
from sam_backend.transforms import Frame


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

    @classmethod
    def pointed(
        cls,
        frame: Frame,
        points: npt.ArrayLike | None = None,
        labels: npt.ArrayLike | None = None,
        box: npt.ArrayLike | None = None,
    ) -> Self:
        """Of a frame's pixels: points [N, 2] with labels [N], box (x0, y0, x1, y1).

        Raises:
            ValueError: there is neither a point nor a box, or one of them is not on the frame.
        """
        xy, kinds = check_points(frame, points, labels)
        corners = np.zeros((0, 2)) if box is None else check_box(frame, box)
        if not len(xy) + len(corners):
            raise ValueError("A prompt needs at least one point or a box; received neither.")
        placed = frame.to_input(np.concatenate([corners, xy]))
        return cls(
            coords=[(float(x), float(y)) for x, y in placed],
            labels=[*(CORNER_0, CORNER_1)[: len(corners)], *map(int, kinds)],
        )


def can_follow() -> bool:
    """Whether PyTorch is there, which following takes."""
    return importlib.util.find_spec("torch") is not None


def load_tracker(weights: Path, frames: int) -> Any:
    """`sam_backend.tracking.load_tracker`, found by name.

    Raises:
        ValueError: the file is damaged, or its model remembers nothing.
    """
    return importlib.import_module("sam_backend.tracking").load_tracker(weights, frames)

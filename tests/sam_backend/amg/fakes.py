"""A backend without a model: smooth random maps that depend on the picture and the point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sam_backend.amg.decoded import Decoded
from sam_backend.transforms import Frame


class Blobs:
    """Answers a point with three nested bumps around it, wobbly, with islands and holes."""

    def __init__(self, seed: int = 0, input_size: int = 64, side: int = 32, threshold: float = 0.0) -> None:
        self.seed, self.input_size, self.side, self.threshold = seed, input_size, side, threshold
        self.batches = []

    def frame(self, height: int, width: int) -> Frame:
        return Frame(height, width, self.input_size)

    def encode(self, rgb: np.ndarray) -> int:
        return int(rgb.astype(np.int64).sum()) + rgb.shape[0] * 31 + rgb.shape[1]

    def polish(self, encoded: int, frame: Frame) -> None:
        return None

    def decode(self, encoded: int, frame: Frame, points: np.ndarray, min_iou: float) -> Decoded:
        self.batches.append(len(points))
        logits, scores = map(np.stack, zip(*self._answers(encoded, frame, points), strict=True))
        return Decoded.above(logits, scores, min_iou)

    def _answers(self, encoded: int, frame: Frame, points: np.ndarray) -> Iterator[Any]:
        return (self._answer(encoded, frame, point) for point in points)

    def _answer(self, encoded: int, frame: Frame, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # The same object for every point of a neighbourhood, so that suppression has duplicates to remove.
        anchor = np.round(frame.to_input(point) / 12) * 12
        rng = np.random.default_rng([self.seed, encoded % 2**31, *anchor.astype(int).tolist()])
        cells = (np.arange(self.side) + 0.5) * self.input_size / self.side
        distance = np.hypot(cells[None, :] - anchor[0], (cells[:, None] - anchor[1]) * rng.uniform(0.5, 2))
        radii = self.input_size * np.sort(rng.uniform(0.05, 0.5, 3))
        noise = rng.normal(0, rng.uniform(0.2, 1.5), (3, self.side, self.side))
        logits = (radii[:, None, None] - distance) * rng.uniform(0.3, 2) + noise
        return logits.astype(np.float32), rng.uniform(0.3, 1, 3).astype(np.float32)

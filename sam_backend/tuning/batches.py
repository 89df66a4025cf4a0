"""What one training step sees: masks of one image, a first prompt for each, and what else a click may have meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sam_backend.training.batch import OTHERS, Batch
from sam_backend.training.config import Phase, TrainConfig
from sam_backend.training.prompts import first_prompt
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.records import Example

UNLIKE = 0.8
"""Two masks that overlap by this IoU or more are one meaning of a click, not two."""
SEEN = 127
"""A cell of the grid belongs to a mask that covers more than half of it."""
TRIES = 20

Grid = npt.NDArray[np.uint8]


class StoredBatches:
    """Draws batches; each is a function of (seed, step), so that a resumed run sees what an uninterrupted one would.

    An image is drawn in proportion to the root of its number of masks, a mask as `TrainConfig.area_power` says.
    """

    def __init__(self, stored: StoredImages, examples: Sequence[Example], config: TrainConfig) -> None:
        self._stored, self._examples, self._config = stored, examples, config
        weights = np.sqrt([len(example.masks) for example in examples])
        self._share = weights / weights.sum()

    def batch(self, step: int, phase: Phase) -> Batch:
        """`phase.masks` prompts of one image; `phase.size` is the side of the padded square, px."""
        rng = np.random.default_rng([self._config.seed, step])
        for _ in range(TRIES):
            number = int(rng.choice(len(self._examples), p=self._share))
            grids = self._drawn(number, phase.masks, rng)
            if grids:
                return self._made(number, [grids[i % len(grids)] for i in range(phase.masks)], phase, rng)
        raise ValueError("the accepted masks are all too small for the model to see")

    def _drawn(self, number: int, count: int, rng: np.random.Generator) -> list[tuple[int, Grid]]:
        example = self._examples[number]
        areas = np.array([_share(self._stored.grid(example, i)) for i in range(len(example.masks))])
        seen = np.flatnonzero(areas)
        if not len(seen):
            return []
        weights = areas[seen] ** self._config.area_power
        chosen = rng.choice(seen, min(count, len(seen)), replace=False, p=weights / weights.sum())
        return [(int(i), self._stored.grid(example, int(i))) for i in chosen]

    def _made(self, number: int, drawn: list[tuple[int, Grid]], phase: Phase, rng: np.random.Generator) -> Batch:
        side = drawn[0][1].shape[0]
        prompts = [first_prompt(grid > SEEN, rng, self._config.box_share) for _, grid in drawn]
        others = [
            self._others(number, index, point[0]) if label[0] == 1 else []
            for (index, _), (point, label) in zip(drawn, prompts, strict=True)
        ]
        empty = np.zeros((side, side), np.uint8)
        return Batch(
            images=np.array([number], np.int64),
            masks=np.stack([grid for _, grid in drawn])[None],
            points=np.stack([points for points, _ in prompts])[None] * np.float32(phase.size / side),
            labels=np.stack([labels for _, labels in prompts])[None],
            others=np.stack([np.stack((found + [empty] * OTHERS)[:OTHERS]) for found in others])[None],
        )

    def _others(self, number: int, asked: int, click: npt.NDArray[np.float32]) -> list[Grid]:
        """Up to `OTHERS` further masks of the image under a click, unlike the one asked for and one another."""
        example, (column, row) = self._examples[number], click.astype(int)
        found = [self._stored.grid(example, asked)]
        for index in range(len(example.masks)):
            grid = self._stored.grid(example, index)
            if grid[row, column] > SEEN and all(_overlap(grid, known) < UNLIKE for known in found):
                found.append(grid)
        return found[1 : 1 + OTHERS]


def _share(grid: Grid) -> float:
    return float((grid > SEEN).mean())


def _overlap(a: Grid, b: Grid) -> float:
    first, second = a > SEEN, b > SEEN
    return float((first & second).sum()) / max(1, int((first | second).sum()))

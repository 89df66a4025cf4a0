"""A mask unpacked once, for measuring it against many others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.counts import Runs
from export.rle import Rle, RleError, runs


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Foreground as half-open ranges of the column-major pixel index, with the pixels before each."""

    size: tuple[int, int]
    starts: Runs
    ends: Runs
    before: Runs
    area: int

    @classmethod
    def of(cls, mask: Rle) -> Spans:
        """Unpack a mask."""
        borders = np.cumsum(runs(mask))
        ends = borders[1::2]
        starts = borders[0::2][: len(ends)]
        before = np.concatenate(([0], np.cumsum(ends - starts)))
        return cls(mask.size, starts, ends, before, int(before[-1]))

    def overlap(self, other: Spans) -> int:
        """Pixels both masks have. Raises RleError for masks of different sizes."""
        if self.size != other.size:
            raise RleError(f"Masks of different sizes cannot be compared: {self.size} and {other.size}.")
        few, many = (self, other) if len(self.starts) <= len(other.starts) else (other, self)
        if len(few.starts) == 0:
            return 0
        return int((many.covered(few.ends) - many.covered(few.starts)).sum())

    def iou(self, other: Spans) -> float:
        """Intersection over union; 0.0 when both are empty."""
        common = self.overlap(other)
        union = self.area + other.area - common
        return common / union if union else 0.0

    def covered(self, positions: Runs) -> Runs:
        """Foreground pixels before each position."""
        index = np.searchsorted(self.starts, positions, side="right") - 1
        at = np.maximum(index, 0)
        covered: Runs = np.where(index < 0, 0, self.before[at] + np.minimum(positions, self.ends[at]) - self.starts[at])
        return covered

"""Comparisons, their tolerances and how they are told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]

EMBEDDING_TOLERANCE = 1e-3
"""Relative to the reference's norm; the reference is stored as float16, which alone costs 3e-4."""
LOGIT_TOLERANCE = 1e-4
"""Largest difference relative to the logits' standard deviation."""
IOU_TOLERANCE = 1e-5
UNDECIDED = 1e-4
"""Pixels whose logit is nearer to the threshold than this may fall on either side."""


@dataclass(frozen=True)
class Comparison:
    """One number against its tolerance."""

    what: str
    error: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Within tolerance; NaN is not."""
        return self.error <= self.tolerance

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'} {self.what:<48} {self.error:.2e} (at most {self.tolerance:.0e})"


def relative_norm(ours: FloatArray, reference: FloatArray) -> float:
    """Norm of the difference over the norm of the reference."""
    reference = reference.astype(np.float64)
    return float(np.linalg.norm(ours - reference) / np.linalg.norm(reference))


def relative_peak(ours: FloatArray, reference: FloatArray) -> float:
    """Largest difference over the reference's standard deviation."""
    return float(np.abs(ours.astype(np.float64) - reference).max() / reference.astype(np.float64).std())


def flipped(logits: FloatArray, reference: NDArray[np.bool_]) -> int:
    """Pixels on the other side of the threshold, those that nobody can decide left out."""
    return int((((logits > 0) != reference) & (np.abs(logits) > UNDECIDED)).sum())

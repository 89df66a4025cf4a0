"""Intervals of shares."""

from __future__ import annotations

from math import sqrt

Z = 1.959964
"""Standard deviations of 95 %."""


def wilson(share: float, n: float, z: float = Z) -> tuple[float, float]:
    """Return the 95 % interval of a share of `n` (Wilson 1927, "Probable inference, the law of succession"): it stays
    within 0 and 1 and is honest for few, too."""
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = half_width(share, n, z)
    return max(0.0, middle - half), min(1.0, middle + half)


def half_width(share: float, n: float, z: float = Z) -> float:
    """Return half the width of that interval, before it is cut off at 0 and 1. It falls as `n` grows."""
    return z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)

"""Intervals of shares."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

Z = 1.959964
"""Standard deviations of 95 %."""
CLOSE = 0.03
"""Half the width of an interval that is said to be close enough."""
MANY = range(1, 2**19 + 1)
"""Objects among which the number is looked for that makes it so."""


def wilson(share: float, n: float, z: float = Z) -> tuple[float, float]:
    """Return the 95 % interval of a share of `n` (Wilson 1927, "Probable inference, the law of succession"): it stays
    within 0 and 1 and is honest for few, too."""
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = half_width(share, n, z)
    return max(0.0, middle - half), min(1.0, middle + half)


def half_width(share: float, n: float, z: float = Z) -> float:
    """Return half the width of that interval, before it is cut off at 0 and 1. It falls as `n` grows."""
    return z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)


@dataclass(frozen=True, slots=True)
class Score:
    """A share of objects with its 95 % interval; `more` objects, of the kind that were judged, until it is ± 3 %."""

    value: float
    low: float
    high: float
    more: int


def share_of(right: Sequence[int], judged: Sequence[int]) -> Score | None:
    """Return the share of objects that are right, of these numbers for each image; None when none was judged.

    The interval is Wilson's (1927) for as many objects as the judged ones are worth: objects of one image do not go
    right or wrong independently, so their number is divided by the design effect, the variance of the share over whole
    images by that over objects (Kish 1965, section 8.2), which is taken as 1 at least."""
    n, images = sum(judged), sum(1 for count in judged if count)
    if not n:
        return None
    share = sum(right) / n
    plain = share * (1 - share) / n
    spread = sum((r - share * j) ** 2 for r, j in zip(right, judged, strict=True))
    clustered = images / (images - 1) * spread / n**2 if images > 1 else plain
    effect = max(1.0, clustered / plain) if plain else 1.0
    low, high = wilson(share, n / effect)
    enough = bisect_left(MANY, True, key=lambda count: half_width(share, count) <= CLOSE)
    return Score(share, low, high, max(0, ceil(MANY[enough] * effect - n)))

"""What a benchmark hands back: a number beside the number it is held against, from the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measure:
    """One result. `ratio` says how many times better we are than the baseline (above 1 is better)."""

    name: str
    value: float
    unit: str
    baseline: str
    baseline_value: float
    smaller_is_better: bool = True

    @property
    def ratio(self) -> float:
        """Times better than the baseline."""
        if self.smaller_is_better:
            return self.baseline_value / self.value if self.value else float("inf")
        return self.value / self.baseline_value if self.baseline_value else float("inf")

    def as_json(self) -> dict[str, object]:
        """Return all fields and the ratio."""
        return asdict(self) | {"ratio": self.ratio}


def median_ms(work: Callable[[], object], *, rounds: int = 15, warm_up: int = 2) -> float:
    """Median wall time of `work` in milliseconds; the first calls, which fill caches, do not count."""
    for _ in range(warm_up):
        work()
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000

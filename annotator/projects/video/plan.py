"""Which frames of a video are wanted."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

MAX_RATE = 120.0
EARLY = 1e-6
"""Seconds by which a frame may come before its time: times are sums of fractions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Frames from `start` to before `end` (seconds; None = to the end of the video): `rate` of them per second, or
    every `every`-th one. Exactly one of the two is set."""

    rate: float | None = None
    every: int | None = None
    start: float = 0.0
    end: float | None = None

    def __post_init__(self) -> None:
        if (self.rate is None) == (self.every is None):
            raise ValueError("Say either how many frames per second are wanted, or every how many frames one is.")
        if self.end is not None and self.end <= self.start:
            raise ValueError("The end must lie after the start.")

    def to_json(self) -> dict[str, Any]:
        """As plain data, which `Plan(**data)` takes back."""
        return asdict(self)

    def expected(self, duration: float, frames_per_second: float | None) -> int | None:
        """Return about how many frames of a video this long (seconds) are wanted; None when nobody can tell."""
        seconds = max(0.0, min(duration, self.end if self.end is not None else duration) - self.start)
        if self.rate is not None:
            rate = min(self.rate, frames_per_second or self.rate)
            return math.ceil(seconds * rate)
        return math.ceil(seconds * frames_per_second / (self.every or 1)) if frames_per_second else None


class Chooser:
    """Says of one frame after the other whether it is wanted. Goes by each frame's own time, so that a video whose
    frame rate varies gives frames evenly in time: each is the first at or after its moment, and none comes twice."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen = 0
        self._next = 0

    def wants(self, seconds: float) -> bool:
        """Tell whether the frame shown from this second on is wanted. Call it for each frame, in order."""
        into = seconds - self._plan.start + EARLY
        if into < 0 or self.past(seconds):
            return False
        if self._plan.rate is None:
            self._seen += 1
            return (self._seen - 1) % (self._plan.every or 1) == 0
        moment = math.floor(into * self._plan.rate)
        if moment < self._next:
            return False
        self._next = moment + 1
        return True

    def past(self, seconds: float) -> bool:
        """Tell whether everything from this second on is behind the end."""
        return self._plan.end is not None and seconds + EARLY >= self._plan.end

"""Steps of a conversion, told one by one: to a person at a terminal, and to a program that reads along."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

Step = Callable[[str], None]
"""Called when a step begins, with what it does."""

_LINE = re.compile(r"^step (\d+) of (\d+): (.+)$", re.MULTILINE)


def untold(what: str) -> None:
    """Nobody wants to know."""


class PrintedSteps:
    """Prints `step 2 of 7: what` when a step begins, at once."""

    def __init__(self, total: int) -> None:
        self._total, self._begun = total, 0

    def __call__(self, what: str) -> None:
        self._begun += 1
        sys.stdout.write(f"step {self._begun} of {self._total}: {what}\n")
        sys.stdout.flush()


@dataclass(frozen=True)
class Reached:
    """How far a conversion is: the share of its steps that are done, and what it does now."""

    share: float
    what: str


def last_step(said: str) -> Reached | None:
    """The step that the printed lines end with; None before the first."""
    lines = _LINE.findall(said)
    if not lines:
        return None
    number, total, what = lines[-1]
    return Reached((int(number) - 1) / max(int(total), 1), what)

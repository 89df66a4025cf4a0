"""What could not be taken over from a file, and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

KEPT_PROBLEMS = 10_000
"""Listed one by one; of a file in which everything is wrong, the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was left out: the file it is in, which item of it, and the reason as a sentence."""

    file: str
    item: str
    reason: str
    absent: bool = field(default=False, compare=False)
    """Only the image's file is not there; the data set has the image and what is on it."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.item, self.reason) if part)


class Problems:
    """Collects problems. `with problems.of(file, item)` turns what bad data raises inside into one of them."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._more = 0

    def add(self, file: str, item: str, reason: str, *, absent: bool = False) -> None:
        """Notes one."""
        if len(self._kept) < KEPT_PROBLEMS:
            self._kept.append(Problem(file, item, reason, absent))
        else:
            self._more += 1

    @contextmanager
    def of(self, file: str, item: str = "") -> Iterator[None]:
        """Whatever reading an item of a file raises becomes a problem, and the item is left out."""
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
            self.add(file, item, reason_of(error))

    def listed(self) -> list[Problem]:
        """All of them, the last line counting those that were too many."""
        if not self._more:
            return list(self._kept)
        return [*self._kept, Problem("", "", f"{self._more} more problems are not listed.")]


def reason_of(error: Exception) -> str:
    """An exception as a sentence."""
    if isinstance(error, KeyError):
        return f"{error} is missing."
    return str(error) or "It cannot be understood."

"""What apps above have done now and then by the worker's sweeper. Each says so in its `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable

_CHORES: list[Callable[[], object]] = []


def add_chore(work: Callable[[], object]) -> None:
    """Add something short that any number of workers may do at once, and again."""
    if work not in _CHORES:
        _CHORES.append(work)


def chores() -> list[Callable[[], object]]:
    """Return them."""
    return list(_CHORES)

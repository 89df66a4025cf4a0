"""Writing in turn. SQLite lets one write at a time and makes the others ask again and again, in no order: under fifty
people some wait for many seconds while the database idles. Inside one process they stand in line instead."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

LONGEST_SECONDS = 15.0
"""Less than a browser waits for an answer, so that it hears of the reason."""


class Line:
    """A lock that is given to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(seconds):
            return True
        with self._guard:
            if turn.is_set():  # given in this very moment
                return True
            self._waiting.remove(turn)
            return False

    def leave(self) -> None:
        """Give the turn to the next."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


_line = Line()


@contextmanager
def write_in_turn() -> Iterator[None]:
    """A transaction that writes. Nothing slow belongs into it: on SQLite everybody else waits meanwhile.

    Raises OperationalError ("database is locked", answered with 503) when the turn does not come in time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    if not _line.enter(LONGEST_SECONDS):
        raise OperationalError("database is locked: too many wait for their turn")
    try:
        with transaction.atomic():
            yield
    finally:
        _line.leave()

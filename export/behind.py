"""Packing behind the back of whoever makes the bytes: zlib and hashes let other threads run meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Self

_TOGETHER = 1 << 20
"""Bytes handed over at once: a thread waits some milliseconds for its turn each time."""
_WAITING = 2


class Behind:
    """Hands bytes to `take` in a thread of its own, in order, a mebibyte at a time and few of them waiting. What `take`
    raises is raised here, at the latest on leaving; nothing is taken after that."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._pieces: list[bytes] = []
        self._size = 0
        self._queue: Queue[bytes | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None and self._thread is None:
            self._take(b"".join(self._pieces))
            return
        if kind is None:
            self._hand_over()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def write(self, data: bytes) -> None:
        """Take bytes; a little is kept until there is more, or the end."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= _TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._error is not None:
            raise self._error
        if self._thread is None:
            self._thread = Thread(target=self._work, name="packing", daemon=True)
            self._thread.start()
        self._queue.put(b"".join(self._pieces))
        self._pieces, self._size = [], 0

    def _work(self) -> None:
        while (piece := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._take(piece)
                except BaseException as error:  # raised where the bytes come from
                    self._error = error

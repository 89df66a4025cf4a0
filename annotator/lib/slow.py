"""Clients that send too slowly: whoever keeps a thread waiting is cut off, or a few of them would stop everybody.

A connection is ended from another thread, because a read that waits for the next byte looks at no clock.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

PIECE = 8192
"""Bytes after which the time is looked at."""
LOOK_EVERY_SECONDS = 0.25


class Watch:
    """Ends reading from sockets that are overdue. One per process; its thread lives while anybody waits."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: dict[object, tuple[socket.socket, float]] = {}
        self._running = False

    def begin(self, sock: socket.socket, seconds: float) -> object:
        """End reading from the socket after these seconds, unless `end` is called with what is returned before."""
        ticket = object()
        with self._guard:
            self._waiting[ticket] = sock, time.monotonic() + seconds
            if not self._running:
                self._running = True
                threading.Thread(target=self._look, name="slow-clients", daemon=True).start()
        return ticket

    def end(self, ticket: object) -> bool:
        """Watch no longer. Returns whether it was in time; also when it is called again."""
        with self._guard:
            sock, deadline = self._waiting.pop(ticket, (None, float("inf")))
        return sock is None or time.monotonic() < deadline

    @contextmanager
    def within(self, sock: socket.socket, seconds: float) -> Iterator[None]:
        """Raise TimeoutError unless the block ends within these seconds; a read in it is cut short."""
        ticket = self.begin(sock, seconds)
        try:
            yield
        except OSError:
            if self.end(ticket):
                raise
            raise TimeoutError("The request arrived too slowly.") from None
        if not self.end(ticket):
            raise TimeoutError("The request arrived too slowly.")

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
            now = time.monotonic()
            with self._guard:
                if not self._waiting:
                    self._running = False
                    return
                late = [sock for sock, deadline in self._waiting.values() if deadline <= now]
            for sock in late:
                with suppress(OSError):  # it has gone meanwhile
                    sock.shutdown(socket.SHUT_RD)


WATCH = Watch()


class PatientInput:
    """A request's body that must come at a rate, after some seconds of grace. Raises TimeoutError when it does not.

    Only time spent waiting for bytes counts, not what is done with them in between.
    """

    def __init__(self, body: IO[bytes], sock: socket.socket, grace: float, rate: float, watch: Watch = WATCH) -> None:
        self._body, self._sock, self._watch = body, sock, watch
        self._left, self._rate = grace, rate

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer only at the end; all of them for a negative size."""
        pieces: list[bytes] = []
        missing = float("inf") if size < 0 else size
        while missing > 0 and (piece := self._take(self._body.read, int(min(missing, PIECE)))):
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def readline(self, size: int = PIECE) -> bytes:
        """Return a line, or as much of it."""
        return self._take(self._body.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _take(self, read: Callable[[int], bytes], size: int) -> bytes:
        begun = time.monotonic()
        with self._watch.within(self._sock, max(self._left, 0.0)):
            piece = read(size)
        self._left += len(piece) / self._rate - (time.monotonic() - begun)
        return piece


def patient(app: Callable[..., Iterable[bytes]], grace: float, rate: float) -> Callable[..., Iterable[bytes]]:
    """Wrap a WSGI application: bodies must come at `rate` bytes a second after `grace` seconds (under gunicorn, which
    hands over its sockets; elsewhere nothing changes)."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sock = environ.get("gunicorn.socket")
        if sock is not None and environ.get("CONTENT_LENGTH", "0") not in ("", "0"):
            environ["wsgi.input"] = PatientInput(environ["wsgi.input"], sock, grace, rate)
        return app(environ, start_response)

    return answer

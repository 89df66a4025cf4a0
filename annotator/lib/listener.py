"""Whether who asked still listens: an answer that goes on for long ends when nobody does, and not at its next word."""

from __future__ import annotations

import select
import socket
import time

_HUNG_UP = getattr(select, "POLLRDHUP", 0)  # Linux's: also told while something that nobody read is there
_GONE = _HUNG_UP | select.POLLHUP | select.POLLERR | select.POLLNVAL


class Listener:
    """Who sits at the other end of a request's connection, as gunicorn hands it over; with None, as other servers do,
    they always seem to be there."""

    def __init__(self, sock: socket.socket | None) -> None:
        self._sock = sock

    def stays(self, seconds: float) -> bool:
        """Wait so long, and no longer once they have gone; returns whether they are still there."""
        if self._sock is None:
            time.sleep(seconds)
            return True
        until = time.monotonic() + seconds
        try:
            seen = self._look(seconds)
            if seen & _GONE or (seen and self._ended()):
                return False
        except (OSError, ValueError):  # the connection is closed on our side, too
            return False
        if seen:  # a request that waits its turn behind this one: it would be seen again and again
            time.sleep(max(until - time.monotonic(), 0.0))
        return True

    def _look(self, seconds: float) -> int:
        assert self._sock is not None
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | _HUNG_UP)
        return next((seen for _, seen in poll.poll(seconds * 1000)), 0)

    def _ended(self) -> bool:
        """Whether what there is to read is the end. A connection with TLS of its own cannot be asked without taking."""
        assert self._sock is not None
        if type(self._sock) is not socket.socket:
            return False
        return self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""

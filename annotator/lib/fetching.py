"""Fetching what lies at a web address that somebody gave: redirects are followed, each as carefully as the address
itself, and nobody is waited for who sends next to nothing."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from annotator.lib.addresses import Guard, NotReachable, checked, parsed
from annotator.lib.errors import ApiError
from annotator.lib.pinned import Pinned, told

REDIRECTS = 5
_PIECE = 1 << 16
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one waits: for each answer of the line, and for the whole after `grace` seconds, that it comes faster
    than so many bytes a second."""

    grace: float = 20.0
    bytes_per_second: int = 4096


class Answer:
    """A file that is about to come. `size` is None where the server does not say."""

    def __init__(self, host: str, response: http.client.HTTPResponse, watch: _Watch) -> None:
        self._host, self._response, self._watch = host, response, watch
        self.status = response.status
        length = response.headers.get("Content-Length", "")
        self.size = int(length) if length.isdecimal() and len(length) < 20 else None
        self.media_type = response.headers.get_content_type() if "Content-Type" in response.headers else ""
        self.file_name = response.headers.get_filename("") or ""
        self.packed = response.headers.get("Content-Encoding", "identity").lower() != "identity"
        self.location = response.headers.get("Location", "") if self.status in _MOVED else ""

    def chunks(self, limit: int) -> Iterator[bytes]:
        """The file in pieces. Raises NotReachable when it is larger than `limit` bytes, or ends before its end."""
        received = 0
        if self.size is not None and self.size > limit:
            raise NotReachable(_too_large(self.size, limit))
        while piece := self._piece():
            received += len(piece)
            self._watch.received = received
            if received > limit:
                raise NotReachable(_too_large(None, limit))
            yield piece
        if self._watch.ended or (self.size is not None and received < self.size):
            raise NotReachable(f"It broke off after {received} bytes{self._watch.why}.")

    def _piece(self) -> bytes:
        try:
            with told(self._host, self._watch.pace.grace):
                return self._response.read1(_PIECE)
        except NotReachable:
            if not self._watch.ended:
                raise
            return b""


class _Watch(threading.Thread):
    """Hangs up on who is too slow: every single read may be in time while the whole is not."""

    def __init__(self, connection: Pinned, pace: Pace) -> None:
        super().__init__(daemon=True)
        self._connection, self.pace = connection, pace
        self._begun, self._done = time.monotonic(), threading.Event()
        self.received, self.ended = 0, False

    @property
    def why(self) -> str:
        """Why it was hung up, as the end of a sentence."""
        return f": it came slower than {self.pace.bytes_per_second} bytes a second" if self.ended else ""

    def run(self) -> None:
        """Look now and then."""
        while not self._done.wait(min(1.0, self.pace.grace)):
            passed = time.monotonic() - self._begun
            if passed >= self.pace.grace and self.received < passed * self.pace.bytes_per_second:
                self.ended = True
                self._connection.hang_up()
                return

    def stop(self) -> None:
        """Look no more."""
        self._done.set()


@contextmanager
def answer(url: str, guard: Guard, pace: Pace) -> Iterator[Answer]:
    """Ask for what lies at a web address, and give it when it is there (status 200). Raises NotReachable with a
    sentence, also while it is read; it is asked of nobody whom `guard` does not allow."""
    for _ in range(REDIRECTS + 1):
        with _asked(url, guard, pace) as found:
            if not found.location:
                _refuse(found)
                yield found
                return
            url = _onward(url, found.location)
    raise NotReachable(f"It leads on to other addresses more than {REDIRECTS} times.")


@contextmanager
def _asked(url: str, guard: Guard, pace: Pace) -> Iterator[Answer]:
    try:
        target = parsed(url)
    except ApiError as error:
        raise NotReachable(error.message) from error
    connection = Pinned(target, checked(target, guard), pace.grace)
    watch = _Watch(connection, pace)
    try:
        watch.start()
        with told(target.host, pace.grace):
            headers = {"User-Agent": "Maskwright", "Accept": "*/*", "Accept-Encoding": "identity"}
            connection.request("GET", target.path, headers=headers)
            response = connection.getresponse()
        with response:
            yield Answer(target.host, response, watch)
    finally:
        watch.stop()
        connection.close()


def _refuse(found: Answer) -> None:
    if found.status != 200:
        reason = http.client.responses.get(found.status, "")
        more = " It needs a sign-in, or the link is no longer valid." if found.status in (401, 403) else ""
        raise NotReachable(f"The address answered {found.status}{f' ({reason})' if reason else ''}.{more}")


def _onward(url: str, location: str) -> str:
    try:
        onward = urljoin(url, location)
    except ValueError:
        raise NotReachable("It leads on to what is no address.") from None
    if url.startswith("https:") and not onward.startswith("https:"):
        raise NotReachable("It leads on from https to an address that anybody on the way could change (http).")
    return onward


def _too_large(size: int | None, limit: int) -> str:
    said = f"It is {size / 2**20:,.0f} MB" if size is not None else "It goes on"
    return f"{said}; {limit / 2**20:,.0f} MB are the most here."

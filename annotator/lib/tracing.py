"""Which request and which run the present thread works on, for logs: an answer's `X-Request-ID` finds its lines."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
_FIT = re.compile(r"[A-Za-z0-9_-]{8,64}")
"""What of a proxy's header is taken over: anything else could break a log's lines or fill it."""
_NOW: ContextVar[dict[str, str] | None] = ContextVar("maskwright_trace", default=None)


def trace() -> dict[str, str]:
    """Return the ids of the work in hand: `request`, `run`, or none."""
    return dict(_NOW.get() or {})


@contextmanager
def traced(**ids: str) -> Iterator[None]:
    """Add ids to whatever is logged inside."""
    before = _NOW.set(trace() | ids)
    try:
        yield
    finally:
        _NOW.reset(before)


class RequestIds:
    """Gives each request an id, that of the proxy where it sent one, and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer under an id."""
        sent = request.headers.get(HEADER, "")
        name = sent if _FIT.fullmatch(sent) else uuid.uuid4().hex
        with traced(request=name):
            response = self.get_response(request)
        response.headers[HEADER] = name
        return response

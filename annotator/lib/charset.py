"""What a request says of its body. Django reads it before any other code runs, and reads addresses and forms by
whatever codec Python has under the name that it finds: "zlib" or "undefined" end in an error that nobody answers, and
so do parameters that cannot be read. Browsers and programs send UTF-8, so whatever else is said is passed over."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,70}")
"""What may stand between the parts of a body (RFC 2046, section 5.1.1)."""
Answer = Callable[[dict[str, Any], Any], Iterable[bytes]]
AsyncAnswer = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def plain(value: str) -> str:
    """Return a Content-Type with parameters that can be read, and no other characters than UTF-8."""
    if ";" not in value:
        return value
    try:
        kind, parameters = parse_header_parameters(value)
        if parameters.get("charset", "utf-8").casefold() in ("utf-8", "utf8"):
            return value
    except Exception:  # parameters in a way of writing of their own raise whatever the e-mail package raises
        return value.partition(";")[0].strip()
    boundary = parameters.get("boundary", "")
    return f'{kind}; boundary="{boundary}"' if BOUNDARY.fullmatch(boundary) else kind


def in_utf8(answer: Answer) -> Answer:
    """Wrap a WSGI application: it hears of no other characters than UTF-8."""

    def wrapped(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return answer(environ | {"CONTENT_TYPE": plain(environ.get("CONTENT_TYPE", ""))}, start)

    return wrapped


def in_utf8_async(answer: AsyncAnswer) -> AsyncAnswer:
    """Wrap an ASGI application likewise."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [
            (name, _plain(value) if name == b"content-type" else value) for name, value in scope.get("headers", [])
        ]
        await answer(scope | {"headers": headers}, receive, send)

    return wrapped


def _plain(value: bytes) -> bytes:
    return plain(value.decode("latin-1")).encode("latin-1", "replace")

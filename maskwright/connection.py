"""Requests to one server: JSON, files as streams, and another try where a network or a server is away for a moment."""

from __future__ import annotations

import http.client
import json
import mimetypes
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from maskwright.errors import MaskwrightError

TRIES = 5
_AWAY = (502, 503, 504)
_PIECE = 1 << 20
Progress = Callable[[int, int], None]
"""Told the bytes done and the bytes in all."""


class Connection:
    """Speaks to `server` ("https://maskwright.example.org") with an API key; follows no redirect with it."""

    def __init__(
        self, server: str, key: str, *, timeout: float = 60.0, pause: Callable[[float], None] = time.sleep
    ) -> None:
        parts = urllib.parse.urlsplit(server)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise MaskwrightError(f"{server!r} is no server's address; it begins with https:// or http://.")
        self.server = server.rstrip("/")
        self._key, self._timeout, self._pause = key, timeout, pause
        self._opener = urllib.request.build_opener(_NoRedirect)

    def json(self, method: str, path: str, body: object = None, query: Mapping[str, Any] | None = None) -> Any:
        """Send JSON to a path below /api/v1/ and return the answer's. Raises MaskwrightError."""
        data = None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": "application/json"}
        # What may be repeated is: after a lost answer a POST could be done twice.
        tries = TRIES if method == "GET" else 1
        with self._open(lambda: self._request(method, self._api(path, query), data, headers), tries) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def pages(self, path: str, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield every row of a list, page by page."""
        page = self.json("GET", path, query={"limit": 200} | dict(query or {}))
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            following = urllib.parse.urlsplit(page["next"])
            page = self.json("GET", path, query=dict(urllib.parse.parse_qsl(following.query)))

    def send(self, path: str, file: Path, fields: Mapping[str, str], progress: Progress | None = None) -> Any:
        """Upload a file as a form, as a stream. An upload that was cut off is sent again: the server keeps no half of
        one, and takes the same picture once. Raises MaskwrightError."""
        size = file.stat().st_size
        boundary = secrets.token_hex(16)
        head, tail = _form(boundary, file, fields)
        length = str(len(head) + size + len(tail))
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": length}

        def request() -> urllib.request.Request:
            return self._request("POST", self._api(path), _Stream(file, head, tail, progress), headers)

        with self._open(request, TRIES) as answer:
            return json.loads(answer.read())

    def fetch(self, path: str, target: IO[bytes], progress: Progress | None = None) -> None:
        """Download what lies at a path of the server (not below the API's) into an empty open file. One that breaks off
        goes on where it stopped, unless it is another file by then. Raises MaskwrightError."""
        etag, whole = "", 0
        for left in reversed(range(TRIES)):
            done = target.tell()
            headers = {"Range": f"bytes={done}-", "If-Range": etag} if done and etag else {}
            with self._open(partial(self._request, "GET", self.server + path, None, headers), TRIES) as answer:
                if answer.status != 206:
                    target.seek(0)
                    target.truncate()
                    whole = int(answer.headers.get("Content-Length") or 0)
                etag = answer.headers.get("ETag") or ""
                _pour(answer, target, whole, progress)
            if not whole or target.tell() >= whole:
                return
            if left:
                self._rest(TRIES - 1 - left)
        raise MaskwrightError(f"The download broke off after {target.tell()} of {whole} bytes. Try again.")

    def _api(self, path: str, query: Mapping[str, Any] | None = None) -> str:
        words = f"?{urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})}" if query else ""
        return f"{self.server}/api/v1/{path}{words}"

    def _request(
        self, method: str, address: str, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> urllib.request.Request:
        known = {"Authorization": f"Token {self._key}", "Accept": "*/*"} | dict(headers or {})
        return urllib.request.Request(address, data=data, headers=known, method=method)

    def _open(self, request: Callable[[], urllib.request.Request], tries: int) -> Any:
        for left in reversed(range(tries)):
            try:
                return self._opener.open(request(), timeout=self._timeout)
            except urllib.error.HTTPError as error:
                if error.code not in _AWAY or not left:
                    raise _refusal(error) from None
            except (OSError, http.client.HTTPException) as error:
                if not left:
                    reason = getattr(error, "reason", error)
                    reason = getattr(reason, "strerror", None) or reason
                    raise MaskwrightError(f"{self.server} does not answer: {reason}.") from None
            self._rest(tries - 1 - left)
        raise AssertionError("the last try returns or raises")

    def _rest(self, failed: int) -> None:
        """Wait before another try, the longer the more have failed."""
        self._pause(min(2.0**failed, 16.0))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key is sent to the server it is for and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Stream:
    """A form's body read piece by piece."""

    def __init__(self, file: Path, head: bytes, tail: bytes, progress: Progress | None) -> None:
        self._pieces = self._walk(file, head, tail, progress)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    @staticmethod
    def _walk(file: Path, head: bytes, tail: bytes, progress: Progress | None) -> Iterator[bytes]:
        size, done = file.stat().st_size, 0
        yield head
        with file.open("rb") as source:
            while piece := source.read(_PIECE):
                yield piece
                done += len(piece)
                if progress:
                    progress(done, size)
        yield tail


def _pour(answer: Any, target: IO[bytes], whole: int, progress: Progress | None) -> None:
    """Write what comes until it ends or breaks off."""
    try:
        while piece := answer.read(_PIECE):
            target.write(piece)
            if progress:
                progress(target.tell(), whole)
    except (OSError, http.client.HTTPException):
        return  # as much as came is kept


def _form(boundary: str, file: Path, fields: Mapping[str, str]) -> tuple[bytes, bytes]:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    # As browsers write it: a quote and a line's end would end the name.
    name = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    parts.append(f"--{boundary}\r\n{disposition}\r\nContent-Type: {kind}\r\n\r\n")
    return "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()


def _refusal(error: urllib.error.HTTPError) -> MaskwrightError:
    raw = error.read(1 << 20)
    try:
        body = json.loads(raw)
        message, code = str(body["message"]), str(body["code"])
    except (ValueError, KeyError, TypeError):
        return MaskwrightError(f"The server answered {error.code} {error.reason}.", code="http", status=error.code)
    told = [f"{name}: {' '.join(lines)}" for name, lines in (body.get("fields") or {}).items()]
    return MaskwrightError(
        " ".join([message, *(one for one in told if one not in message)]), code=code, status=error.code
    )

"""A download that breaks off, against a server that hangs up after a few bytes."""

from __future__ import annotations

import errno
import io
import os
import re
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from maskwright import cli
from maskwright.connection import TRIES, Connection
from maskwright.errors import MaskwrightError

BODY = bytes(range(256)) * 40


class Breaking(BaseHTTPRequestHandler):
    """Sends `AT_ONCE` bytes of what it promised."""

    at_once = 3_000
    etags: ClassVar[Iterator[str]]
    asked: ClassVar[list[str | None]]

    def do_GET(self) -> None:
        asked, etag = self.headers.get("Range"), next(type(self).etags)
        self.asked.append(asked)
        piece = re.match(r"bytes=(\d+)-", asked or "")
        start = int(piece[1]) if piece and self.headers.get("If-Range") == etag else 0
        self.send_response(206 if start else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        self.wfile.write(BODY[start : start + self.at_once])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as there:
        Thread(target=there.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{there.server_address[1]}"
        there.shutdown()


def fetched(server: str, etags: list[str]) -> tuple[bytes, list[str | None]]:
    Breaking.etags, Breaking.asked = iter(etags), []
    target = io.BytesIO()
    Connection(server, "key", pause=lambda seconds: None).fetch("/file", target)
    return target.getvalue(), Breaking.asked


def test_it_goes_on_where_it_stopped(server: str) -> None:
    body, asked = fetched(server, ['"one"'] * 9)
    assert body == BODY
    assert asked == [None, "bytes=3000-", "bytes=6000-", "bytes=9000-"]


def test_another_file_by_then_is_begun_anew(server: str) -> None:
    body, asked = fetched(server, ['"one"', *['"two"'] * 9])
    assert body == BODY
    assert asked == [None, "bytes=3000-", "bytes=3000-", "bytes=6000-", "bytes=9000-"]


def test_at_some_time_it_is_told(server: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(Breaking, "at_once", 10)
    with pytest.raises(MaskwrightError, match=f"broke off after {10 * TRIES} of {len(BODY)} bytes"):
        fetched(server, ['"one"'] * 9)


def test_a_server_that_is_away_is_told_without_numbers_and_waited_for_in_the_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as unheard:  # bound, not listening: nobody answers there
        unheard.bind(("127.0.0.1", 0))
        server = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        waited: list[float] = []
        monkeypatch.setattr("maskwright.doing.time.sleep", waited.append)
        monkeypatch.setattr("sys.stdin", io.StringIO("key\n"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        assert cli.main(["signin", server, "--key-stdin"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert waited == [1, 2, 4, 8]
    assert told == [f"{server} does not answer. Trying again in {seconds} s." for seconds in (1, 2, 4, 8)] + [
        f"{server} does not answer: {os.strerror(errno.ECONNREFUSED)}."
    ]
    assert not any(tmp_path.iterdir())

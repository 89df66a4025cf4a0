"""Fetching checkpoints from a server of our own."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sam_backend.download import check_file, fetch
from sam_backend.registry import CHECKPOINTS, Checkpoint, find_checkpoint

BODY = bytes(range(256)) * 2000


class _Server(BaseHTTPRequestHandler):
    ranges = True
    cut_after = len(BODY)
    requests: list[str | None] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.requests.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        self.wfile.write(BODY[start : self.cut_after])

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    """(handler class to configure, a registry entry served by it)."""
    handler = type("Handler", (_Server,), {"requests": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        url = f"http://127.0.0.1:{http.server_port}/weights/tiny.pth"
        yield (
            handler,
            Checkpoint("tiny", "Tiny", "sam", "Apache-2.0", url, hashlib.sha256(BODY).hexdigest(), len(BODY), ()),
        )
        http.shutdown()


def test_fetch_reports_progress_and_happens_once(server: Any, tmp_path: Path) -> None:
    handler, entry = server
    seen = []
    path = fetch(entry, tmp_path / "new", lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert fetch(entry, tmp_path / "new") == path
    assert len(handler.requests) == 1
    assert [p.name for p in path.parent.iterdir()] == ["tiny.pth"]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_cut_transfer_goes_on(server: Any, tmp_path: Path, ranges: Any) -> None:
    handler, entry = server
    handler.ranges, handler.cut_after = ranges, 100_000
    with pytest.raises(ValueError, match=r"closed after .* of 512,000 bytes.*try again|IncompleteRead"):
        fetch(entry, tmp_path)
    kept = (tmp_path / "tiny.pth.part").stat().st_size
    assert 0 < kept <= 100_000
    assert not (tmp_path / "tiny.pth").exists()
    handler.cut_after = len(BODY)
    assert fetch(entry, tmp_path).read_bytes() == BODY
    assert handler.requests == [None, f"bytes={kept}-"]


def test_a_wrong_file_is_not_kept(server: Any, tmp_path: Path) -> None:
    _, entry = server
    with pytest.raises(ValueError, match=r"is not the published tiny\.pth: its sha256 is"):
        fetch(replace(entry, sha256="0" * 64), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_put_there_by_hand_is_checked(server: Any, tmp_path: Path) -> None:
    handler, entry = server
    (tmp_path / "tiny.pth").write_bytes(BODY[:-1])
    with pytest.raises(ValueError, match=r"has 511,999 bytes; the published tiny\.pth has 512,000"):
        fetch(entry, tmp_path)
    (tmp_path / "tiny.pth").write_bytes(BODY)
    assert fetch(entry, tmp_path) == tmp_path / "tiny.pth"
    assert not handler.requests


def test_without_a_network_the_offline_way_is_said(server: Any, tmp_path: Path) -> None:
    _, entry = server
    gone = replace(entry, url="http://127.0.0.1:9/weights/tiny.pth")
    with pytest.raises(ValueError, match="could not be fetched") as caught:
        fetch(gone, tmp_path)
    assert f"put it at {tmp_path / 'tiny.pth'}" in str(caught.value)


def test_a_proxy_of_the_environment_is_asked(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, entry = server
    proxy = entry.url.removesuffix("/weights/tiny.pth")
    asked = []
    answer = handler.do_GET
    handler.do_GET = lambda self: asked.append(self.path) or answer(self)
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setattr("urllib.request._opener", None)  # made once a process, with the proxies of then
    far = replace(entry, url="http://weights.invalid/tiny.pth")
    assert fetch(far, tmp_path).read_bytes() == BODY
    assert asked == [far.url]


def test_two_processes_do_not_write_into_one_file(server: Any, tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    _, entry = server
    with (tmp_path / "tiny.pth.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match="being fetched by another process"):
            fetch(entry, tmp_path)
    assert fetch(entry, tmp_path).read_bytes() == BODY, "the lock of a process that has ended holds nobody up"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.pth"]


def test_no_space(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, entry = server
    usage = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    with pytest.raises(ValueError, match=r"has 0.0 GB free; tiny.pth needs 0.0 GB more"):
        fetch(entry, tmp_path)


def test_registry() -> None:
    assert find_checkpoint("vit_b").file_name == "sam_vit_b_01ec64.pth"
    assert len({entry.sha256 for entry in CHECKPOINTS}) == len(CHECKPOINTS)
    with pytest.raises(ValueError, match="Known: mobile_sam, vit_b"):
        find_checkpoint("vit_x")
    with pytest.raises(FileNotFoundError):
        check_file(Path("nowhere"), CHECKPOINTS[0])

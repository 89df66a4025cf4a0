"""Clients that send slowly do not keep a server's threads: gunicorn with two of them, and eight such clients."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.lib.slow import PatientInput, Watch

ROOT = Path(__file__).resolve().parents[2]
APP = """
from annotator.lib.slow import patient

def plain(environ, start_response):
    if environ["PATH_INFO"] == "/unread":
        start_response("413 Too Large", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"slow"]
    try:
        said = str(len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
    except TimeoutError:
        said = "slow"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said.encode()]

app = patient(plain, 1, 1000)
"""
PATIENCE = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """The port of a server with two threads."""
    (tmp_path / "slow_app.py").write_text(APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = os.pathsep.join([str(ROOT), str(tmp_path)])
    argv = [sys.executable, "-m", "gunicorn", "slow_app:app", "--bind", f"127.0.0.1:{port}", "--threads", "2",
            "--worker-class", "annotator.launch.patient.Worker", "--no-control-socket"]  # fmt: skip
    env = os.environ | {"PYTHONPATH": paths, "MASKWRIGHT_HEAD_SECONDS": "1"}
    with subprocess.Popen(argv, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Booting worker" in line:
                break
        yield port
        process.terminate()


def connect(port: int, sent: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall(sent)
    return client


def answer_of(client: socket.socket) -> bytes:
    """What a server says that keeps the connection open afterwards: head and body may come apart."""
    said = b""
    while not said.endswith(b"slow") and (more := client.recv(1000)):
        said += more
    return said


def ask(port: int, body: bytes) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/", data=body, timeout=PATIENCE) as answer:
        return bytes(answer.read())


def test_slow_heads_and_bodies_do_not_stop_others(server: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n"
    heads = [connect(server, head) for _ in range(4)]
    bodies = [connect(server, head + b"\r\n" + b"x" * 10) for _ in range(4)]
    assert ask(server, b"y" * 50_000) == b"50000"
    for client in bodies:
        with client:
            assert answer_of(client).endswith(b"slow")
    for client in heads:
        with client:
            assert client.recv(1000) == b""


def test_who_sends_too_much_hears_so_and_goes_on(server: int) -> None:
    """More than any buffer on the way holds: without the rest being taken, sending it ends with a broken pipe."""
    size = 30_000_000
    head = b"POST /unread HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % size
    with connect(server, head + b"x" * size) as client:
        assert answer_of(client).startswith(b"HTTP/1.1 413")
        client.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nslow")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_body_that_keeps_its_rate_is_read_whole() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, theirs.makefile("rb") as stream:
        ours.sendall(b"a" * 20_000)
        ours.shutdown(socket.SHUT_WR)
        body = PatientInput(stream, theirs, 60, 1)
        assert (len(body.read(15_000)), len(body.read())) == (15_000, 5_000)
        assert body.read() == b""


def test_a_body_that_stops_is_an_error_and_not_the_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, theirs.makefile("rb") as stream:
        ours.sendall(b"a" * 10)
        with pytest.raises(TimeoutError, match="too slowly"):
            PatientInput(stream, theirs, 0.5, 1e9, Watch()).read(20)

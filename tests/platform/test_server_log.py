"""What the web server itself logs of requests that it cannot read, or that nobody answered, holds no secret."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "q7Zr_Secret-0123456789abcdef"
APP = """
def app(environ, start_response):
    raise RuntimeError("nobody answers " + environ["RAW_URI"])
"""
REQUESTS = [
    f"GET /join/{SECRET} HTTP/9.9\r\n\r\n",
    f"GET /password/{SECRET}/?code={SECRET} HTTP/1.1\r\nHost: here\r\nReferer: http://here/join/{SECRET}/\r\n\r\n",
]
PATIENCE = 60


def told_of(folder: Path, requests: list[str], **env: str) -> str:
    """What a server with the installation's own hooks writes while it is asked this."""
    (folder / "broken_app.py").write_text(APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "gunicorn", "broken_app:app", "--bind", f"127.0.0.1:{port}", "--workers", "1",
            "--config", "python:annotator.launch.hooks", "--access-logfile", "-", "--threads", "2",
            "--worker-class", "annotator.launch.patient.Worker", "--no-control-socket"]  # fmt: skip
    own = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])} | env
    with subprocess.Popen(argv, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        said = ""
        for line in server.stdout:
            said += line
            if "Booting worker" in line:
                break
        for request in requests:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
                client.sendall(request.encode())
                while client.recv(1000):
                    pass
        server.terminate()
        return said + server.stdout.read()


@pytest.mark.parametrize("form", ["line", "json"])
def test_addresses_are_told_without_their_secrets(tmp_path: Path, form: str) -> None:
    said = told_of(tmp_path, REQUESTS, MASKWRIGHT_LOG_FORMAT=form)
    assert "Invalid request from" in said
    assert "Error handling request" in said
    assert "nobody answers /password/…" in said
    assert "HTTP/1.1" in said, "the line of an access log is among them"
    assert SECRET not in said
    if form == "json":
        assert {json.loads(line)["logger"] for line in said.splitlines()} == {"gunicorn.error", "gunicorn.access"}

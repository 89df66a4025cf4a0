"""Errors to a Sentry server and spans to an OpenTelemetry collector, by their own libraries, over HTTP to a stand-in
for both: a request, a task and the errors of both arrive; no secret and nobody's name, address or words do."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.annotator.watch.told_elsewhere import PRIVATE, ROUTE

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[3]
OFF = {"MASKWRIGHT_SENTRY_DSN": "", "MASKWRIGHT_TRACES_ENDPOINT": ""}


class Sink(ThreadingHTTPServer):
    """Takes whatever is posted: (path, body as it was before it was packed)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[tuple[str, bytes]] = []

    def of(self, words: str) -> list[bytes]:
        return [body for path, body in self.taken if words in path]


class Handler(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        self.server.taken.append((self.path, gzip.decompress(body) if packed else body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def act(var: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings", "MASKWRIGHT_VAR": str(var), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "tests.annotator.watch.told_elsewhere"]
    return subprocess.run(command, cwd=ROOT, env=env | settings, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    """What came of it all."""
    for name in ("sentry_sdk", "opentelemetry.instrumentation.django"):
        pytest.importorskip(name)
    with Sink() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        done = act(
            tmp_path_factory.mktemp("told"), MASKWRIGHT_SENTRY_DSN=f"http://key@{host}/1",
            MASKWRIGHT_TRACES_ENDPOINT=f"http://{host}", MASKWRIGHT_ALLOWED_HOSTS="testserver",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield server
        server.shutdown()


def events(sink: Sink) -> list[dict[str, Any]]:
    """What Sentry was told: the items of envelopes that are errors."""
    lines = [line for body in sink.of("/envelope/") for line in body.splitlines()]
    found = [json.loads(line) for line in lines if line.startswith(b"{")]
    return [one for one in found if "exception" in one]


@pytest.mark.slow
def test_errors_of_a_request_and_of_a_task_arrive(sink: Sink) -> None:
    told = {one["exception"]["values"][-1]["value"]: one for one in events(sink)}
    assert set(told) == {"in a request, /join/…/", "in a task, /signin/link/…/"}
    asked, done = told["in a request, /join/…/"], told["in a task, /signin/link/…/"]
    assert set(asked["request"]) == {"method"}
    assert ROUTE in asked["transaction"]
    assert len(asked["tags"]["request"]) == 32
    assert len(done["tags"]["run"]) == 36
    assert all("vars" not in frame for frame in asked["exception"]["values"][-1]["stacktrace"]["frames"])


@pytest.mark.slow
def test_spans_of_a_request_and_of_a_task_arrive(sink: Sink) -> None:
    proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    spans: dict[str, list[Any]] = {}
    for body in sink.of("/v1/traces"):
        for told in proto.ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in told.scope_spans:
                for span in scope.spans:
                    spans.setdefault(span.name, []).append(span)
    asked = spans[f"GET {ROUTE}"]
    assert {_said(span)["http.status_code"] for span in asked} == {"200", "500"}
    assert all(len(_said(span)["maskwright.request"]) == 32 for span in asked)
    assert spans["run/annotator.execute_run"]
    assert "GET signin/link/<str:secret>/" in spans


def _said(span: Any) -> dict[str, str]:
    return {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes}


@pytest.mark.slow
def test_no_secret_and_nobody_is_told(sink: Sink) -> None:
    everything = b"\n".join(body for _, body in sink.taken)
    assert len(everything) > 1000
    for words in PRIVATE:
        assert words.encode() not in everything, words


def test_nothing_is_told_by_default() -> None:
    code = "import django; django.setup(); import sys; print({'sentry_sdk', 'opentelemetry'} & set(sys.modules))"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings"} | OFF
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


@pytest.mark.parametrize(("name", "hidden", "extra"), [
    ("MASKWRIGHT_SENTRY_DSN", "sentry_sdk", "watch"), ("MASKWRIGHT_TRACES_ENDPOINT", "opentelemetry", "traces"),
])  # fmt: skip
def test_a_missing_package_is_told_at_the_start_with_the_command(name: str, hidden: str, extra: str) -> None:
    hide = f"""
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = classmethod(lambda cls, name, *a: None if name.split(".")[0] == {hidden!r} else find(name, *a))
"""
    code = f"{hide}\nimport django; django.setup()"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings", name: "http://key@127.0.0.1:9/1"}
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert said.returncode != 0
    assert f"{name} needs packages that are not installed here: pip install 'maskwright[{extra}]'" in said.stderr

"""The harbour of the reviews' tests, and a server that keeps what it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from annotator.webhooks import outgoing
from annotator.webhooks.models import Webhook
from tests.annotator.reviews.conftest import Place, place, submitted

__all__ = ["place", "submitted"]


class Listener(ThreadingHTTPServer):
    """Answers with `status`, and keeps each request as (path, headers, body)."""

    status = 204
    headers: dict[str, str] = {}

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """The address of a hook."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(place: Place, listener: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    """A webhook of the harbour that asks for everything; what is sent is sent at once."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(outgoing, "_send", outgoing.deliver)
    events = ["image.submitted", "image.accepted", "image.returned", "export.ready", "run.failed"]
    return Webhook.objects.create(project=place.project, url=listener.url, events=events)


@pytest.fixture
def told(listener: Listener) -> Callable[[], list[str]]:
    """The events that arrived."""
    return lambda: [headers["X-Maskwright-Event"] for _, headers, _ in listener.heard]

"""`/metrics` in Prometheus' text format, for who knows the token. Answered like a probe: collectors come by address."""

from __future__ import annotations

import os
import secrets

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from annotator.lib.probes import PROBES
from annotator.watch.rows import Rows

PATH = "/metrics"
NO_STORE = {"Cache-Control": "no-store"}


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all meters: 401 without the token, 503 when the database does not answer."""
    sent = request.headers.get("Authorization", "")
    if not secrets.compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        refused = HttpResponse(
            "The token is missing or wrong.\n", status=401, content_type="text/plain", headers=NO_STORE
        )
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    try:
        text = b"".join(generate_latest(registry) for registry in _registries())
    except Error:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain", headers=NO_STORE)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers=NO_STORE)


def _registries() -> list[CollectorRegistry]:
    rows = CollectorRegistry()
    rows.register(Rows())
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return [REGISTRY, rows]
    all_processes = CollectorRegistry()
    MultiProcessCollector(all_processes)  # type: ignore[no-untyped-call]
    return [all_processes, rows]


def offer() -> None:
    """Answer at `/metrics` when a token is set."""
    if settings.METRICS_TOKEN:
        PROBES[PATH] = metrics

"""A worker's own numbers, from a port of its own: workers answer no requests otherwise."""

from __future__ import annotations

import logging
from typing import Any

from celery.signals import worker_ready
from django.conf import settings
from prometheus_client import start_http_server

log = logging.getLogger(__name__)


@worker_ready.connect
def serve(**_: Any) -> None:
    """Listen, where an address is set. A port that is taken is told, and the worker works on."""
    if settings.WORKER_METRICS is None:
        return
    host, port = settings.WORKER_METRICS
    try:
        start_http_server(port, host)
    except OSError as error:
        log.error("The worker's metrics cannot be served on %s:%d: %s", host, port, error.strerror)

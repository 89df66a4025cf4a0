"""Two parts of `/readyz`: the queue that carries messages, and the workers that take them."""

from __future__ import annotations

import os

from django.conf import settings

from annotator.celery import app
from annotator.runs import signs
from annotator.runs.choices import Queue

CONNECT_SECONDS = 3


def broker() -> str:
    """Return what is wrong with the queue, or ""."""
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        usable = os.access(settings.QUEUE_DIR / "messages", os.W_OK | os.X_OK)
        return "" if usable else "The folder of the queue is missing or cannot be written."
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=CONNECT_SECONDS)
    except Exception:  # each transport has its own
        return "The queue does not answer. What is asked for waits, and is sent when it answers again."
    return ""


def workers() -> str:
    """Return which queues no worker takes from, or ""."""
    left = [str(queue) for queue in Queue if queue not in signs.served()]
    return f"No worker takes from {' and '.join(left)}. What is asked for waits until one does." if left else ""

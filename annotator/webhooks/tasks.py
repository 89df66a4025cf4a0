"""The Celery task of webhooks."""

from __future__ import annotations

import uuid

from annotator.celery import app
from annotator.webhooks.outgoing import DELIVER, deliver


@app.task(name=DELIVER, acks_late=True, ignore_result=True)
def deliver_webhook(delivery: str) -> None:
    """Send one delivery. Sent twice, the second finds nothing to do."""
    deliver(uuid.UUID(delivery))

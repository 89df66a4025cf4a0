"""The Celery task of accounts."""

from __future__ import annotations

from annotator.accounts.reset import SEND_RESET, UNREACHED, send_links
from annotator.celery import app


@app.task(name=SEND_RESET, ignore_result=True, autoretry_for=UNREACHED, retry_backoff=30, max_retries=4)
def send_password_reset(typed: str) -> None:
    """Send links to the people called this. Tried again while the mail server cannot be reached."""
    send_links(typed)

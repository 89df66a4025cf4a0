"""The Celery task of notices."""

from __future__ import annotations

from annotator.celery import app
from annotator.notices.mail import SEND_MAIL, send_due


@app.task(name=SEND_MAIL, acks_late=True, ignore_result=True)
def send_notice_mail() -> None:
    """Send the e-mail that is due. Delivered twice, the second finds nothing."""
    send_due()

"""The secret of a webhook, and what it signs with it."""

from __future__ import annotations

import hashlib
import hmac

from django.utils.crypto import salted_hmac

from annotator.webhooks.models import Webhook


def secret_of(webhook: Webhook) -> str:
    """Return the secret, 64 hexadecimal digits. It follows from MASKWRIGHT_SECRET_KEY, and ends with it."""
    turn = f"{webhook.pk}:{webhook.secret_turn}"
    return salted_hmac("annotator.webhooks.secret", turn, algorithm="sha256").hexdigest()


def signature(secret: str, moment: int, body: bytes) -> str:
    """Return "t=MOMENT,v1=HEX": HMAC-SHA256 of "MOMENT.BODY", the moment in seconds since 1970, so that who receives
    it can refuse what was sent long ago."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"

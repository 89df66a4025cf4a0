"""How often one person may ask for what is expensive. Counted by REST framework for each person, in each web process by
itself, so that no request writes a row: with two processes up to twice as many get through, which still keeps a script
that runs wild from taking the machine for itself.

A view says what kind its changes are by `throttle_scope`; looking at things is not limited.
"""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

KINDS = {"heavy": "hour", "quick": "minute", "keys": "hour"}
"""heavy: work of minutes (exports, imports, searches of a project, training). quick: work of seconds that an open
editor asks for (embeddings, a preview, a search of one photo). keys: tokens, invitations, webhooks."""


class PerPerson(ScopedRateThrottle):
    """Lets so many changes of a kind through, by `settings.LIMITS`; 0 is no limit."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request may be answered now."""
        return request.method in SAFE_METHODS or super().allow_request(request, view)

    def get_rate(self) -> str | None:
        """Return the rate as REST framework writes it; None for none."""
        kind = str(getattr(self, "scope", ""))
        most = settings.LIMITS.get(kind, 0)
        return f"{most}/{KINDS[kind]}" if most else None


def sentence(seconds: int) -> str:
    """Return what to say to who asked too often and should wait so many seconds."""
    when = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    why = "You have asked for this as often as the server does it for one person, so nothing was begun."
    return f"{why} Try again in {when}."

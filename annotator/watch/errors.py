"""Errors reported to a Sentry server (or one that speaks like it), where its address is set."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from annotator.lib.redact import without_secrets
from annotator.lib.tracing import trace


def report() -> None:
    """Begin to report. Who works here is not told, nor what they send; the secrets of links are left out."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=cleaned,
        before_breadcrumb=cleaned,
    )


def cleaned(event: Any, hint: Any) -> Any:
    """Return the event without the secrets of links, tagged with the ids of the request and the run."""
    if "event_id" in event:
        event.setdefault("tags", {}).update(trace())
    return json.loads(without_secrets(json.dumps(event, default=str)))

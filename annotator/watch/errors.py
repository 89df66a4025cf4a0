"""Errors reported to a Sentry server (or one that speaks like it), where its address is set."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from annotator.lib.redact import without_secrets
from annotator.lib.tracing import trace

# PostgreSQL repeats there what was to be stored, such as a name that is taken.
_DETAIL = re.compile(r"\n?DETAIL:.*", re.DOTALL)


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
        before_breadcrumb=kept,
    )


def cleaned(event: Any, hint: Any) -> Any:
    """Return the event without the secrets of links, tagged with the ids of the request and the run. Of the request
    only its method and its route stay: what people look for stands behind the question mark."""
    event.setdefault("tags", {}).update(trace())
    if "request" in event:
        event["request"] = {"method": event["request"].get("method", "")}
    for name in ("user", "server_name"):
        event.pop(name, None)
    event.get("extra", {}).pop("celery-job", None)
    return _clean(event)


def kept(crumb: Any, hint: Any) -> Any:
    """Return what may be told of what came before: no addresses of other servers, for a webhook's may be a secret."""
    return None if crumb.get("type") == "http" else _clean(crumb)


def _clean(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _clean(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_clean(value) for value in told]
    if told is None or isinstance(told, bool | int | float):
        return told
    return _DETAIL.sub("", without_secrets(str(told)))

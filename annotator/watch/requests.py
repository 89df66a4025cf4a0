"""Times each request, by its route: addresses themselves would make a row for every image there is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from annotator.lib.meters import REQUESTS, STREAMS

log = logging.getLogger(__name__)

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
STREAM = "text/event-stream"


class Measured:
    """Counts requests and the streams that stay open; with logs as JSON it also writes a line for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.told = settings.LOG_FORMAT == "json"
        if not (settings.METRICS_TOKEN or self.told):
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; what is measured ends where the answer begins to be sent."""
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        method = request.method if request.method in METHODS else "other"
        route = route_of(request)
        REQUESTS.labels(method, route, response.status_code).observe(seconds)
        if response.get("Content-Type", "").startswith(STREAM):
            STREAMS.inc()
            # What Django closes with an answer; the server does that however the stream ends.
            response._resource_closers.append(STREAMS.dec)  # type: ignore[attr-defined]
        if self.told:
            self._tell(request, response, str(method), route, seconds)
        return response

    def _tell(self, request: HttpRequest, response: HttpResponseBase, method: str, route: str, seconds: float) -> None:
        """Write the line. Not the address: it may hold the secret of a link."""
        person = getattr(request, "user", None)
        facts = {"method": method, "route": route, "status": response.status_code}
        facts |= {"milliseconds": round(seconds * 1000, 1), "person": str(person.pk) if person and person.pk else None}
        log.info("%s %s %d", method, route, response.status_code, extra=facts)


def route_of(request: HttpRequest) -> str:
    """Return the pattern that answered, such as `api/v1/images/<uuid:pk>/`; "files" for the pages' own, else "none"."""
    match = request.resolver_match
    if match is not None:
        return match.route or "/"
    return "files" if request.path_info.startswith(settings.STATIC_URL) else "none"

"""What launchers, load balancers and monitors ask: `/healthz`, is this process alive; `/readyz`, can it do its work.

They are answered before anything looks at the request: probes come by address, without TLS and without a session.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from annotator.lib.room import trouble_with_room

log = logging.getLogger(__name__)

Check = Callable[[], str]
"""Returns a sentence about what is wrong, without names of machines or folders, for anybody may ask; "" is well."""
KEPT_SECONDS = 2.0
"""An answer stands for so long: whoever asks often does not make the server look often."""

_needed: dict[str, Check] = {}
_told: dict[str, Check] = {}
_lock = threading.Lock()
_last: tuple[float, dict[str, str]] | None = None


def register(name: str, check: Check, *, needed: bool = True) -> None:
    """Add a part to `/readyz`. One that is not needed is told, and the server is ready without it."""
    (_needed if needed else _told)[name] = check


def live(request: HttpRequest) -> HttpResponse:
    """Say that this process answers, and nothing else: it is not started anew because a disk is full."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> HttpResponse:
    """Say part by part what is well: 200 when all that is needed is, 503 otherwise."""
    said, well = parts()
    answer = JsonResponse({"ready": well, "parts": said}, status=200 if well else 503)
    answer["Cache-Control"] = "no-store"
    return answer


def parts() -> tuple[dict[str, str], bool]:
    """Return what each part says, "ok" or a sentence, and whether all that is needed is well."""
    said = _parts()
    return said, all(said[name] == "ok" for name in _needed)


def forget() -> None:
    """Look anew at the next question."""
    global _last
    _last = None


def _parts() -> dict[str, str]:
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] > KEPT_SECONDS:
            _last = (time.monotonic(), {name: _look(name, check) for name, check in (_needed | _told).items()})
        return dict(_last[1])


def _look(name: str, check: Check) -> str:
    try:
        return check() or "ok"
    except Exception:
        log.warning("The check of the %s failed", name, exc_info=True)
        return f"The {name} does not answer."


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return "The database does not answer."
    return ""


def _storage() -> str:
    trouble = trouble_with_room()
    return "" if trouble is None else trouble.message


register("database", _database)
register("storage", _storage)

PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": live, "/readyz": ready}


class ProbesMiddleware:
    """Answers probes before the host's name, the scheme or a session is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe; pass on everything else."""
        probe = PROBES.get(request.path_info)
        return self.get_response(request) if probe is None else probe(request)

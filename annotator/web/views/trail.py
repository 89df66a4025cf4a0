"""Who signed in, how and from where, for administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from annotator.accounts import access, trail
from annotator.accounts.api.trail import TrailFilter
from annotator.accounts.choices import Event
from annotator.accounts.models import User
from annotator.web.page import PageRequest, page, show

SHOWN = 100
FILTERS = ("user", "event", "since", "until")


@page
def people_trail(request: PageRequest) -> HttpResponse:
    """Show the trail by pages, narrowed as the address says; what makes no sense narrows nothing."""
    access.require_admin(request.user)
    wanted = _wanted(request)
    at = int(text) if (text := request.GET.get("page", "")).isascii() and text.isdigit() and len(text) < 6 else 1
    begin = (max(at, 1) - 1) * SHOWN
    rows = list(trail.entries(**wanted)[begin : begin + SHOWN + 1])
    asked = {name: str(value) for name, value in wanted.items()}
    context = {
        "entries": rows[:SHOWN],
        "asked": asked,
        "events": Event.choices,
        "people": User.objects.order_by("first_name", "last_name", "username"),
        "newer": "?" + urlencode(asked | {"page": str(at - 1)}) if at > 1 else "",
        "older": "?" + urlencode(asked | {"page": str(at + 1)}) if len(rows) > SHOWN else "",
    }
    return show(request, "web/trail.html", context)


def _wanted(request: PageRequest) -> dict[str, Any]:
    sent = {name: value for name in FILTERS if (value := request.GET.get(name, ""))}
    checked = TrailFilter(data=sent)
    if not checked.is_valid():
        checked = TrailFilter(data={name: value for name, value in sent.items() if name not in checked.errors})
        checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)

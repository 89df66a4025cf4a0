"""Who signed in, how and from where, for administrators."""

from __future__ import annotations

from django.http import HttpResponse

from annotator.accounts import access, trail
from annotator.accounts.api.trail import TrailFilter
from annotator.accounts.choices import Event
from annotator.accounts.models import User
from annotator.web.narrowing import paged, wanted_of
from annotator.web.page import PageRequest, page, show


@page
def people_trail(request: PageRequest) -> HttpResponse:
    """Show the trail by pages, narrowed as the address says; what makes no sense narrows nothing."""
    access.require_admin(request.user)
    wanted, _ = wanted_of(request, TrailFilter)
    sheet = paged(request, trail.entries(**wanted), wanted)
    people = User.objects.order_by("first_name", "last_name", "username")
    context = {"entries": sheet["rows"], "events": Event.choices, "people": people}
    return show(request, "web/trail.html", sheet | context)

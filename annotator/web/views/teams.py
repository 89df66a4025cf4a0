"""The teams that somebody is in or leads."""

from __future__ import annotations

from django.http import HttpResponse

from annotator.web.page import PageRequest, page, show


@page
def teams(request: PageRequest) -> HttpResponse:
    """Show them; the page's script asks the API for them."""
    return show(request, "web/teams.html", {"config": {"user": str(request.user.pk)}})

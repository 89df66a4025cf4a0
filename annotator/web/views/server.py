"""How this installation is, for administrators."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from annotator.accounts import access
from annotator.watch.facts import FAILED_WITHIN, facts
from annotator.web.page import PageRequest, page, show


@require_safe
@page
def server(request: PageRequest) -> HttpResponse:
    """Show readiness, queues, workers, disks, failed runs and versions."""
    access.require_admin(request.user)
    return show(request, "web/server.html", {"server": facts(), "days": FAILED_WITHIN.days})

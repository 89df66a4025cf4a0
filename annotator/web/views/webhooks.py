"""The webhooks of a project, for those who manage it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context
from annotator.webhooks.choices import CHOSEN, Event


@page
def webhooks(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the webhooks and what each was told; the script fills both in."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    config = {"project": str(found.pk), "events": dict(Event.choices)}
    return show(request, "web/webhooks.html", project_context(request, found) | {"config": config, "events": CHOSEN})

"""The page where data sets come in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.imports.choices import READ
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context


@page
def imports(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Bring a data set, look at what it would do, start it, take it back. For who manages the project."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    context = project_context(request, found)
    context["config"] |= {"formats": READ, "most": settings.MAX_IMPORT_BYTES}
    return show(request, "web/imports.html", context | {"folders": settings.IMPORT_FOLDERS})

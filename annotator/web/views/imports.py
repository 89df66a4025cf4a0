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
    context |= {"urls": settings.IMPORT_URLS, "folders": settings.IMPORT_FOLDERS, "buckets": settings.IMPORT_S3}
    return show(request, "web/imports.html", context | {"sources": _sources()})


def _sources() -> list[tuple[str, str]]:
    """Where data sets may come from here, as an administrator chose."""
    offered = [
        ("upload", "A file", True),
        ("urls", "Web addresses", settings.IMPORT_URLS),
        ("folder", "Folder on the server", settings.IMPORT_FOLDERS),
        ("s3", "Bucket (S3)", settings.IMPORT_S3),
    ]
    return [(name, title) for name, title, there in offered if there]

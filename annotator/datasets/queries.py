"""Reading exports."""
from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from annotator.accounts.access import Right, get_for
from annotator.datasets.models import Archive
from annotator.projects.models import Project

if TYPE_CHECKING:
    from annotator.accounts.access import Person


def archives_of(project: Project) -> QuerySet[Archive]:
    """Return the project's finished exports."""
    return Archive.objects.filter(project=project).select_related("snapshot", "created_by")


def get_archive_for(user: Person, pk: uuid.UUID, right: Right) -> Archive:
    """Return an export. Raises NotFound and Forbidden."""
    return get_for(user, Archive.objects.select_related("project"), pk, right, lambda row: row.project, "export")

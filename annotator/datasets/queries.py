"""Reading exports."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from annotator.accounts.access import Person, Right, get_for, sees_all
from annotator.datasets.models import Archive
from annotator.projects.models import Project


def archives_for(user: Person, project: Project) -> QuerySet[Archive]:
    """Return the project's finished exports; none to who does not see all images that are in them."""
    archives = Archive.objects.filter(project=project).select_related("snapshot", "created_by")
    return archives if sees_all(user, project) else archives.none()


def get_archive_for(user: Person, pk: uuid.UUID, right: Right) -> Archive:
    """Return an export. Raises NotFound and Forbidden."""
    rows = Archive.objects.select_related("project")
    return get_for(user, rows, pk, right, lambda row: row.project, "export", lambda row: sees_all(user, row.project))

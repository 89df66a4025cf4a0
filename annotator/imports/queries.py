"""Reading imports."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.imports.models import Import
from annotator.projects.models import Project


def imports_of(project: Project) -> QuerySet[Import]:
    """Return a project's imports without their problems, which may be thousands."""
    related = ("check_run", "import_run", "undo_run", "created_by")
    return Import.objects.filter(project=project).select_related(*related).defer("problems")


def get_import_for(user: Person, pk: uuid.UUID, right: Right) -> Import:
    """Return an import. Raises NotFound and Forbidden."""
    rows = Import.objects.select_related("project", "check_run", "import_run", "undo_run", "created_by")
    return get_for(user, rows, pk, right, lambda row: row.project, "import")

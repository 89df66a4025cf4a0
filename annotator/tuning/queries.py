"""Reading retrainings."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.projects.models import Project
from annotator.tuning.models import Retraining


def retrainings_of(project: Project) -> QuerySet[Retraining]:
    """Return the project's finished retrainings, the newest first."""
    return _whole().filter(project=project)


def _whole() -> QuerySet[Retraining]:
    rows = Retraining.objects.select_related("project", "parent", "version", "created_by")
    return rows.prefetch_related("swaps__by")


def get_retraining_for(user: Person, pk: uuid.UUID, right: Right) -> Retraining:
    """Return a retraining. Raises NotFound and Forbidden."""
    return get_for(user, _whole(), pk, right, lambda row: row.project, "retraining")

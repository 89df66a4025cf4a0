"""Reading evaluations."""
from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from annotator.accounts.access import Right, get_for
from annotator.evaluations.models import Evaluation, Example
from annotator.projects.models import Project

if TYPE_CHECKING:
    from annotator.accounts.access import Person


def evaluations_of(project: Project) -> QuerySet[Evaluation]:
    """Return the project's evaluations with the drawn answers whose pictures are not in the bin."""
    return _whole().filter(project=project)


def _whole() -> QuerySet[Evaluation]:
    rows = Evaluation.objects.select_related("project", "model_version", "created_by")
    return rows.prefetch_related(Prefetch("examples", Example.objects.filter(image__deleted_at=None)))


def get_evaluation_for(user: Person, pk: uuid.UUID, right: Right) -> Evaluation:
    """Return an evaluation. Raises NotFound and Forbidden."""
    return get_for(user, _whole(), pk, right, lambda row: row.project, "evaluation")


def get_example_for(user: Person, pk: uuid.UUID, right: Right) -> Example:
    """Return a drawn answer. Raises NotFound and Forbidden."""
    rows = Example.objects.filter(image__deleted_at=None).select_related("evaluation__project")
    return get_for(user, rows, pk, right, lambda row: row.evaluation.project, "picture")

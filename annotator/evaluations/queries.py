"""Reading evaluations."""

from __future__ import annotations

import uuid

from django.db.models import Prefetch, QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.evaluations.models import Evaluation, Example
from annotator.projects.models import Project
from annotator.projects.queries import get_on_image_for, seen


def evaluations_for(user: Person, project: Project) -> QuerySet[Evaluation]:
    """Return the project's evaluations with the drawn answers on images that this person sees."""
    return _whole(user).filter(project=project)


def _whole(user: Person) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.select_related("project", "model_version", "created_by")
    examples = seen(user, Example.objects.filter(image__deleted_at=None), "image")
    return rows.prefetch_related(Prefetch("examples", examples))


def get_evaluation_for(user: Person, pk: uuid.UUID, right: Right) -> Evaluation:
    """Return an evaluation. Raises NotFound and Forbidden."""
    return get_for(user, _whole(user), pk, right, lambda row: row.project, "evaluation")


def get_example_for(user: Person, pk: uuid.UUID, right: Right) -> Example:
    """Return a drawn answer. Raises NotFound and Forbidden."""
    rows = Example.objects.filter(image__deleted_at=None).select_related("image__project")
    return get_on_image_for(user, rows, pk, right, lambda row: row.image, "picture")

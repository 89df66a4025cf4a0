"""Reading experiments, and who may."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.experiments.models import Experiment
from annotator.projects.models import Project


def experiments_of(project: Project) -> QuerySet[Experiment]:
    """Return what was measured in a project, the newest first, with its run."""
    return Experiment.objects.filter(project=project).select_related("created_by", "run")


def get_experiment_for(user: Person, pk: uuid.UUID, right: Right) -> Experiment:
    """Return an experiment. Raises NotFound and Forbidden."""
    rows = Experiment.objects.select_related("project", "created_by")
    return get_for(user, rows, pk, right, lambda row: row.project, "experiment")

"""Verbs about jobs that are there. Who may is decided before (accounts.access)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.jobs import overlap
from annotator.jobs.checks import check_due, hold_workers, refused
from annotator.jobs.models import Job
from annotator.jobs.telling import tell_given
from annotator.lib.words import counted
from annotator.projects.models import Project


def change(project: Project, by: User, jobs: Sequence[uuid.UUID], values: dict[str, Any]) -> None:
    """Change jobs of a project, all or none: name, priority, due, paused, assignee (an id; None: the pool).

    Raises ApiError for jobs that are not there, somebody who may not annotate or has other copies of their images, and
    a day gone by."""
    check_due(values)
    with transaction.atomic():
        if "assignee" in values:
            person = values["assignee"]
            [values["assignee"]] = hold_workers(project, [person], "assignee") if person else [None]
            # What a lead gives stays with the person, whether they work or not.
            values["lease_until"] = None
        rows = _these(project, jobs)
        person = values.get("assignee")
        if person:
            overlap.check_fit(rows, person)
            tell_given(project, by, rows.exclude(assignee=person), person)
        if "assignee" in values:
            overlap.taken_back(rows.exclude(assignee=person) if person else rows)
        rows.update(**values)
        if person:
            overlap.given(jobs, person.pk)


def delete(project: Project, jobs: Sequence[uuid.UUID]) -> None:
    """Delete jobs of a project, all or none; images and masks stay, copies on which nothing was done go. Raises
    ApiError for jobs that are not there."""
    with transaction.atomic():
        rows = _these(project, jobs)
        overlap.drop_untouched(rows)
        rows.delete()


def _these(project: Project, jobs: Sequence[uuid.UUID]) -> QuerySet[Job]:
    rows = Job.objects.filter(project=project, pk__in=jobs)
    found = set(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
    if missing := set(jobs) - found:
        raise refused("jobs", f"{counted(len(missing), 'job')} of these do not exist (any more). Load the list again.")
    return rows

"""Rows → JSON, a whole page at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from annotator.jobs import queries
from annotator.jobs.api.serializers import JobSerializer
from annotator.jobs.models import Job


def jobs_json(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """Return jobs. The rows come from `queries.with_progress`."""
    shown = []
    for job in jobs:
        job.__dict__["state"] = queries.state_of(job)
        shown.append(dict(JobSerializer(job).data))
    return shown


def job_json(pk: UUID) -> dict[str, Any]:
    """Return one job as it is now."""
    (shown,) = jobs_json(queries.with_progress(Job.objects.filter(pk=pk)))
    return shown

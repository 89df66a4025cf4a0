"""Keeping what was measured."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotator.datasets.models import Snapshot
from annotator.experiments.models import Detections, Experiment
from annotator.experiments.parameters import Wanted
from annotator.inference.models import ModelVersion
from annotator.projects.models import Project
from annotator.runs.models import Run


def keep(
    run: Run,
    project: Project,
    version: ModelVersion,
    snapshot: Snapshot | None,
    wanted: Wanted,
    summary: dict[str, Any],
    seconds: float,
) -> Experiment:
    """Store the numbers, once for a run; the detector's boxes have done their work and go."""
    with transaction.atomic():
        Detections.objects.filter(run=run).delete()
        row, _ = Experiment.objects.get_or_create(
            run=run,
            defaults={
                "project": project, "model_version": version, "model_name": str(version)[:160], "snapshot": snapshot,
                "source": str(snapshot)[:160] if snapshot else "", "task": wanted.task, "params": wanted.to_json(),
                "summary": summary, "seconds": round(seconds, 1), "created_by": run.requested_by,
            },
        )  # fmt: skip
    return row

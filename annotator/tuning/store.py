"""Keeping what came of a retraining: the version, the numbers and the verdict, all or nothing."""

from __future__ import annotations

from django.db import transaction

from annotator.inference import services as models
from annotator.inference.models import ModelVersion
from annotator.lib.errors import ApiError
from annotator.projects.models import Project
from annotator.runs.models import Run
from annotator.runs.runner import RunFailed
from annotator.tuning.choices import Verdict
from annotator.tuning.job import Folder, Job
from annotator.tuning.models import Retraining
from annotator.tuning.parameters import Wanted
from sam_backend.tuning.report import TuneReport, worse


def verdict_of(report: TuneReport) -> Verdict:
    """Return what the gate says: better or worse only where a whole interval says so."""
    if not report.written:
        return Verdict.NONE
    if report.better:
        return Verdict.BETTER
    return Verdict.WORSE if worse(report.metrics) else Verdict.UNSURE


def keep(run: Run, project: Project, parent: ModelVersion, job: Job, folder: Folder, report: TuneReport) -> Retraining:
    """Store the new package, if there is one, and the row. Raises RunFailed."""
    wanted = Wanted(**run.params["wanted"])
    with transaction.atomic():
        version = _version(parent, folder) if report.written else None
        return Retraining.objects.create(
            project=project, run=run, parent=parent, parent_name=str(parent)[:160], version=version,
            version_name=str(version)[:160] if version else "", verdict=verdict_of(report), report=report.to_json(),
            masks=job.masks, images=len(job.examples), by_rule=wanted.by_rule, created_by=run.requested_by,
        )  # fmt: skip


def _version(parent: ModelVersion, folder: Folder) -> ModelVersion:
    try:
        version = models.add_package(folder.out)
    except ApiError as error:
        raise RunFailed(f"The new model could not be stored: {error.message}") from error
    if version.encoder_sha256 != parent.encoder_sha256:
        raise RunFailed("The new model came with another encoder, so it was not stored. This is a fault of Maskwright.")
    return version

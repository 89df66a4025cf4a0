"""Run "tune": the project's model learns from accepted masks, and is measured beside what it was."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction

from annotator.inference.models import ModelVersion
from annotator.lib.errors import ApiError
from annotator.projects.models import Project
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.tuning import gather, process, services, store
from annotator.tuning.choices import Verdict
from annotator.tuning.job import Folder, Job
from annotator.tuning.jobs import folder_of
from annotator.tuning.models import Retraining
from annotator.tuning.parameters import Wanted
from sam_backend.tuning.report import TuneReport

LOOK_EVERY_SECONDS = 3.0


class TuneRunner(Runner):
    """Gather, train, measure, keep. After the death of its worker it goes on from what the folder holds; what was kept
    already is found again."""

    kind = "tune"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"retraining", "version", "verdict", "promoted"}. Raises RunFailed with a sentence."""
        run, folder = context.run, folder_of(context.run)
        row = Retraining.objects.filter(run=run).first()
        if row is None:
            try:
                row = _Work(context, folder).done()
            except RunFailed:
                folder.remove()
                raise
            # Whatever else ends it: who takes it over goes on from the folder, and `jobs.tidy` knows when nobody does.
        folder.remove()
        promoted = _promote(context, row)
        context.progress(1.0, _said(row, promoted))
        return {
            "retraining": str(row.pk), "version": str(row.version_id) if row.version_id else None,
            "verdict": row.verdict, "promoted": promoted,
        }  # fmt: skip


class _Work:
    """One retraining on its way."""

    def __init__(self, context: Context, folder: Folder) -> None:
        self._context, self._folder = context, folder
        project = context.run.project
        version = ModelVersion.objects.filter(pk=context.run.params["model_version"]).first()
        if project is None or version is None:
            raise RunFailed("The project or its model was removed before this run began.")
        self._project, self._version = project, version
        self._looked = 0.0

    def done(self) -> Retraining:
        self._require_same_model()
        gather.require_packages()
        job = self._job()
        report = self._trained()
        with transaction.atomic():
            self._context.check()
            self._require_same_model()
            return store.keep(self._context.run, self._project, self._version, job, self._folder, report)

    def _job(self) -> Job:
        known = self._folder.read()
        if known is not None:
            self._context.log("The worker before this one died; the retraining goes on from what it left.")
            return known
        wanted = Wanted(**self._context.run.params["wanted"])
        try:
            job = gather.gather(self._project, self._version, wanted, self._tell)
        except FileNotFoundError:
            raise RunFailed(f"A file of {self._version} is missing from the server's storage.") from None
        for name in job.left_out[:20]:
            self._context.log(f"{name}: it has no embedding and could not be encoded; it was left out.")
        self._folder.write(job)
        return job

    def _trained(self) -> TuneReport:
        if self._folder.report.exists():
            return process.read_report(self._folder)
        return process.tune(self._folder, self._tell)

    def _tell(self, share: float, sentence: str) -> None:
        self._context.progress(share, sentence)
        if time.monotonic() - self._looked > LOOK_EVERY_SECONDS:
            self._looked = time.monotonic()
            self._require_same_model()

    def _require_same_model(self) -> None:
        now = Project.objects.filter(pk=self._project.pk).select_related("model_version").first()
        if now is None:
            raise RunFailed("The project was deleted meanwhile.")
        if now.model_version_id != self._version.pk:
            raise RunFailed(
                f"The project uses {now.model_version or 'no model'} now, and this began with {self._version}: the "
                "comparison would be with a model that nobody uses. Start it again."
            )


def _promote(context: Context, row: Retraining) -> bool:
    wanted = Wanted(**context.run.params["wanted"])
    if not wanted.promote or row.verdict != Verdict.BETTER or row.swaps.exists():
        return row.swaps.filter(back=False).exists()
    try:
        services.promote(row, context.run.requested_by, knowing=False)
    except ApiError as error:
        context.log(f"It was not put to use: {error.message}")
        return False
    return True


def _said(row: Retraining, promoted: bool) -> str:
    said: str = row.report.get("sentence", "")
    return f"{said} {row.version_name} is in use now." if promoted else said

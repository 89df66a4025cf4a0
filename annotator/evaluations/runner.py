"""Runs "evaluate": measure model versions one after the other on the same drawn masks."""

from __future__ import annotations

import time
from typing import Any

from annotator.evaluations import masks, measure, store
from annotator.evaluations.models import Evaluation
from annotator.evaluations.parameters import Wanted, can_run_baselines
from annotator.inference.models import ModelVersion
from annotator.lib.durations import duration
from annotator.lib.trouble import DISK_FULL, trouble_of
from annotator.projects.models import Project
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner


class EvaluateRunner(Runner):
    """Make one evaluation per model. A second start of the same run goes on with the models not measured yet."""

    kind = "evaluate"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"evaluations": [id, …], "masks", "images", "missing": [image name, …]}."""
        project = context.run.project
        wanted = Wanted(**context.run.params["wanted"])
        ids = context.run.params["models"]
        versions = ModelVersion.objects.in_bulk(ids, field_name="id")
        if project is None or not versions:
            raise RunFailed("The project or its model was removed before this run began.")
        if wanted.baselines and not can_run_baselines():
            raise RunFailed(
                "The classical tools need OpenCV, which this worker lacks: pip install 'maskwright[eval]' there, or "
                "evaluate without them."
            )
        truths = masks.draw(project, wanted.limit, wanted.seed)
        if not truths:
            raise RunFailed("This project has no accepted masks to compare with. Make some in the editor first.")
        ordered = sorted(versions.values(), key=lambda version: ids.index(str(version.pk)))
        rows, missing = [], set[str]()
        for number, version in enumerate(ordered):
            row = Evaluation.objects.filter(run=context.run, model_version=version).first()
            if row is None:
                row, unread = _Model(context, project, version, wanted, (number, len(ordered))).measured(truths)
                missing |= set(unread)
            rows.append(row)
        return _result(context, rows, sorted(missing))


class _Model:
    """The measuring of one model version."""

    def __init__(
        self, context: Context, project: Project, version: ModelVersion, wanted: Wanted, place: tuple[int, int]
    ) -> None:
        self._context, self._project, self._version, self._wanted = context, project, version, wanted
        self._place = place
        self._begun = time.monotonic()

    def measured(self, truths: list[masks.Truth]) -> tuple[Evaluation, list[str]]:
        """Return the stored evaluation, and the names of images that could not be read."""
        try:
            found = measure.measure(self._version, truths, self._wanted, self._tell)
            if not found.evaluation.scores:
                raise RunFailed(_nothing(found))
            self._context.check()
            seconds = time.monotonic() - self._begun
            row = store.keep(self._context.run, self._project, self._version, self._wanted, found, seconds)
        except FileNotFoundError:
            raise RunFailed(f"A file of {self._version} is missing from the server's storage.") from None
        except ValueError as error:
            raise RunFailed(f"{self._version} could not be measured: {error}") from error
        except MemoryError:
            raise RunFailed(f"{self._version} does not fit into this machine's memory.") from None
        except OSError as error:
            raise _explained(error) from error
        for name in found.missing:
            self._context.log(f"{name}: its file is missing from the server's storage; it was left out.")
        return row, found.missing

    def _tell(self, done: int, total: int) -> None:
        number, models = self._place
        share = (number + done / max(total, 1)) / models
        told = f"{self._version}: {done} of {total} masks"
        spent = time.monotonic() - self._begun
        left = f" · about {duration(spent / done * (total - done))} left" if 0 < done < total else ""
        self._context.progress(share, told + left)


def _nothing(found: measure.Measured) -> str:
    if found.missing:
        return f"None of the drawn pictures could be read; the first is “{found.missing[0]}”."
    return "None of the drawn masks is left at the size at which masks are compared."


def _result(context: Context, rows: list[Evaluation], missing: list[str]) -> dict[str, Any]:
    count = int(rows[0].summary["n"])
    said = f"{count} mask(s) on {rows[0].images} image(s)."
    context.progress(1.0, f"{said} {len(missing)} picture(s) were missing." if missing else said)
    return {
        "evaluations": [str(row.pk) for row in rows], "masks": count, "images": rows[0].images,
        "missing": missing[:100],
    }  # fmt: skip


def _explained(error: OSError) -> RunFailed:
    if trouble_of(error) is DISK_FULL:
        return RunFailed("There is no room left on the server's disk. Make some and start the evaluation again.")
    return RunFailed(f"The server's storage could not be read or written ({error.strerror or error}). Try again.")

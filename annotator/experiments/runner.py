"""Runs "experiment": a task of the paper, for one model version."""

from __future__ import annotations

import time
from typing import Any

from annotator.datasets.models import Snapshot
from annotator.experiments import measure, store, truth
from annotator.experiments.boxes import Placed, placed
from annotator.experiments.ground import Measurable, measurable, records_of
from annotator.experiments.models import Detections, Experiment
from annotator.experiments.parameters import Task, Wanted
from annotator.inference.models import ModelVersion
from annotator.lib.durations import duration
from annotator.lib.storage import has_blob
from annotator.lib.words import counted
from annotator.projects.models import Project
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner

LISTED = 100
NOTHING_LEFT = {
    Task.POINT: "No mask covers between 0.2 % and 90 % of its image, which those that are clicked on have to.",
    Task.EDGES: "On none of the images do masks cover 90 %, so that edges of what nobody drew would count as wrong.",
}


class ExperimentRunner(Runner):
    """Measure one task. A second start of the same run finds the numbers, or begins anew where there are none yet."""

    kind = "experiment"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"experiment": id, "images", "masks", "missing": [image name], "problems": [sentence]}."""
        row, missing = Experiment.objects.filter(run=context.run).first(), list[str]()
        if row is None:
            row, missing = _Work(context).measured()
        images, masks = row.summary["images"], row.summary["n"]
        left = f" {counted(len(missing), 'image')} could not be read." if missing else ""
        context.progress(1.0, f"{counted(masks, 'mask')} on {counted(images, 'image')}.{left}")
        return {
            "experiment": str(row.pk), "images": images, "masks": masks, "missing": missing[:LISTED],
            "problems": context.run.params.get("problems", []),
        }  # fmt: skip


class _Work:
    """One run's work. Raises RunFailed."""

    def __init__(self, context: Context) -> None:
        run, params = context.run, context.run.params
        self._context, self._wanted = context, Wanted(**params["wanted"])
        version = ModelVersion.objects.filter(pk=params["model"]).first()
        self._snapshot = Snapshot.objects.filter(pk=params["snapshot"]).first() if params["snapshot"] else None
        if run.project is None or version is None or bool(params["snapshot"]) != bool(self._snapshot):
            raise RunFailed("The project, its snapshot or the model was removed before this run began.")
        self._project: Project = run.project
        self._version = version
        self._begun = time.monotonic()

    def measured(self) -> tuple[Experiment, list[str]]:
        """Return the stored numbers, and the names of images that could not be read."""
        try:
            data = self._data()
            on = self._measurable(data)
            boxes = self._boxes(on)
            self._begun = time.monotonic()
            found = measure.measure(self._version, on, self._wanted, boxes.boxes if boxes else None, self._tell)
        except FileNotFoundError:
            raise RunFailed(f"A file of the data or of {self._version} is missing from the storage.") from None
        except ValueError as error:
            raise RunFailed(f"{self._version} could not be measured: {error}") from error
        except MemoryError:
            raise RunFailed(f"{self._version} does not fit into this machine's memory.") from None
        self._context.check()
        found |= self._told(data, on, boxes)
        seconds = time.monotonic() - self._begun
        row = store.keep(
            self._context.run, self._project, self._version, self._snapshot, self._wanted, found, seconds
        )  # fmt: skip
        return row, data.gone

    def _data(self) -> truth.Data:
        self._context.progress(0.0, "Looking for masks")
        edges = self._wanted.task == Task.EDGES
        if self._snapshot is None:
            data = truth.of_project(self._project, self._wanted.limit, covered=edges)
        else:
            data = truth.of_snapshot(self._snapshot, self._wanted.limit)
        lost = [image for image, _ in data.drawn if not has_blob(image.sha256)]
        data.gone += [image.name for image in lost]
        data.drawn = [(image, masks) for image, masks in data.drawn if image not in lost]
        for name in data.gone:
            self._context.log(f"{name}: its file is missing from the server's storage; it was left out.")
        if not data.drawn:
            raise RunFailed(
                f"None of the drawn images could be read; the first is “{data.gone[0]}”."
                if data.gone
                else "There are no masks to compare with. Accept some in the editor first, or choose another snapshot."
            )
        return data

    def _measurable(self, data: truth.Data) -> Measurable:
        on = measurable(data, self._wanted.task, self._version.pk)
        if not (records_of(on.ground) if self._wanted.task == Task.POINT else on.ground.photos):
            usual = "None of the drawn masks is left at the size at which masks are compared."
            raise RunFailed(NOTHING_LEFT.get(Task(self._wanted.task), usual))
        return on

    def _boxes(self, on: Measurable) -> Placed | None:
        if not self._wanted.detector:
            return None
        stored = Detections.objects.filter(run=self._context.run).first()
        if stored is None:
            raise RunFailed("The detector's boxes are gone. Send them again.")
        boxes = placed(stored.boxes, on)
        if not boxes.boxes:
            names = ", ".join(f"“{name}”" for name in sorted(boxes.unknown)[:10])
            raise RunFailed(
                f"None of the boxes names a label that a mask has: {names}."
                if boxes.unknown
                else "None of the boxes lies on an image that is measured."
            )
        return boxes

    def _told(self, data: truth.Data, on: Measurable, boxes: Placed | None) -> dict[str, Any]:
        """What the page says of the data beside the numbers."""
        told: dict[str, Any] = {"drawn_from": data.total, "own_masks": on.own, "by_label": on.ground.labelled}
        if boxes is not None:
            told["boxes"] = {
                "judged": boxes.count(), "images": len(boxes.boxes), "elsewhere": boxes.elsewhere,
                "unknown": boxes.unknown, "refused": self._context.run.params.get("refused", 0),
            }  # fmt: skip
        return told

    def _tell(self, done: int, total: int) -> None:
        spent = time.monotonic() - self._begun
        left = f" · about {duration(spent / done * (total - done))} left" if 0 < done < total else ""
        self._context.progress(done / max(total, 1), f"{self._version}: {done} of {counted(total, 'image')}{left}")

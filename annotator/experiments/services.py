"""Verbs about experiments."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.db import transaction

from annotator.accounts.models import User
from annotator.datasets.models import Snapshot
from annotator.evaluations.masks import accepted
from annotator.experiments.models import Detections, Experiment
from annotator.experiments.parameters import PAPER_POINTS, Task, Wanted
from annotator.experiments.truth import covered_images
from annotator.inference.queries import clickable
from annotator.lib.errors import Conflict, refused
from annotator.projects.models import Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.suggestions.boxes.reading import Read
from annotator.suggestions.boxes.services import read_results

BEHIND_EVERYTHING = -20
"""As evaluations: nobody waits for one with a mouse in the hand."""

RESULTS = "boxes.results"


def start(
    project: Project,
    by: User,
    wanted: Wanted,
    *,
    model: uuid.UUID | None = None,
    snapshot: uuid.UUID | None = None,
    boxes: dict[str, Any] | None = None,
) -> Run:
    """Queue a task for a model version (None: the project's own) on a snapshot (None: the accepted masks).

    `boxes`: a detector's, {"results", "images", "categories"} in COCO's form. Asking for the same again while it waits
    or runs gives the run there is. Raises ApiError and Conflict."""
    version = _ready(project, model)
    _check_points(wanted)
    _check_masks(project, snapshot, wanted.task)
    read = _read(project, wanted, boxes) if boxes is not None else None
    stored = {str(image): [box.to_json() for box in found] for image, found in read.boxes.items()} if read else {}
    params: dict[str, Any] = {
        "model": str(version), "snapshot": str(snapshot) if snapshot else None, "wanted": wanted.to_json(),
    }  # fmt: skip
    same = hashlib.sha256(json.dumps([params, stored], sort_keys=True).encode()).hexdigest()
    if read:
        params |= {"refused": read.refused, "problems": read.problems}
    with transaction.atomic():
        run = enqueue(
            "experiment", project=project, params=params, requested_by=by, priority=BEHIND_EVERYTHING,
            key=f"experiment:{project.pk}:{same}",
        )  # fmt: skip
        if stored:
            Detections.objects.get_or_create(run=run, defaults={"boxes": stored})
    return run


def delete(experiment: Experiment) -> None:
    """Forget what was measured."""
    experiment.delete()


def _ready(project: Project, model: uuid.UUID | None) -> uuid.UUID:
    if model is None:
        if project.model_version_id is None:
            raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
        return project.model_version_id
    if not clickable().filter(pk=model).exists():
        raise refused("model", "Choose a model that is installed and ready.")
    return model


def _check_points(wanted: Wanted) -> None:
    if wanted.points and wanted.task not in PAPER_POINTS:
        raise refused("points", f"There is no grid of points in the task “{Task(wanted.task).label}”.")


def _check_masks(project: Project, snapshot: uuid.UUID | None, task: str) -> None:
    if snapshot is not None:
        found = Snapshot.objects.filter(project=project, pk=snapshot).first()
        if found is None:
            raise refused("snapshot", "This project has no such snapshot.")
        if not found.annotations:
            raise Conflict("no_masks", "There are no masks in this snapshot to compare with. Choose another one.")
    elif not accepted(project).exists():
        raise Conflict("no_masks", "There are no accepted masks to compare with yet. Make some in the editor first.")
    elif task == Task.EDGES and not covered_images(project).exists():
        raise Conflict(
            "not_covered",
            "Edges are measured on images whose masks cover at least 90 % of them: what nobody drew would count as "
            "wrong. None of this project's does.",
        )


def _read(project: Project, wanted: Wanted, boxes: dict[str, Any]) -> Read:
    if wanted.task != Task.INSTANCES:
        raise refused("boxes", "Only the task “Instances” is asked with a detector's boxes.")
    for number, result in enumerate(boxes["results"], 1):
        if isinstance(result, dict) and "score" not in result:
            raise refused(RESULTS, f"Box {number} has no score, by which average precision ranks them.")
    return read_results(project, boxes, RESULTS)

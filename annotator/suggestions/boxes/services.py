"""Asking for the masks of a detector's boxes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotator.accounts.models import User
from annotator.lib.errors import Conflict, refused
from annotator.lib.words import counted
from annotator.projects.models import Project
from annotator.projects.order import path_of
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.suggestions.boxes.reading import MOST_BOXES, Picture, Read, Reader
from annotator.suggestions.models import BoxPrompts
from annotator.suggestions.queries import BOXES as KIND

BEHIND_SEARCHES = -9
"""Before a search of everything, which may take hours; behind all that somebody looks at."""


def start(project: Project, by: User, given: dict[str, Any], *, as_file: bool) -> Run:
    """Queue a run that makes masks of COCO results; given: results, and images and categories or []. What cannot be
    used is told in the run's result. Raises ApiError where nothing can, and Conflict."""
    if project.model_version_id is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    read = read_results(project, given)
    params = {
        "model_version": str(project.model_version_id), "as": "file" if as_file else "suggestions",
        "boxes": sum(map(len, read.boxes.values())), "refused": read.refused, "problems": read.problems,
    }  # fmt: skip
    with transaction.atomic():
        run = enqueue(KIND, project=project, params=params, requested_by=by, priority=BEHIND_SEARCHES)
        boxes = {str(image): [box.to_json() for box in found] for image, found in read.boxes.items()}
        BoxPrompts.objects.create(run=run, as_file=as_file, boxes=boxes)
    return run


def read_results(project: Project, given: dict[str, Any], field: str = "results") -> Read:
    """Sort COCO results by image of the project. Raises ApiError, which names the request's `field`, for too many, and
    where none can be used."""
    if len(given["results"]) > MOST_BOXES:
        raise refused(field, f"Up to {MOST_BOXES:,} boxes can be sent at once; these are {len(given['results']):,}.")
    rows = project.images.values_list("pk", "folder", "name", "width", "height").iterator(chunk_size=5000)
    pictures = (Picture(pk, path_of(folder, name), width, height) for pk, folder, name, width, height in rows)
    read = Reader(pictures, given["images"], given["categories"]).read(given["results"])
    if not read.boxes:
        said = f"None of the {counted(read.refused, 'box', 'boxes')} can be used. {' '.join(read.problems[:3])}"
        raise refused(field, said)
    return read

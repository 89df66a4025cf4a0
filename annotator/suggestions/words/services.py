"""Asking in words: on a project's images, or on one that somebody looks at."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from annotator.accounts.models import User
from annotator.inference.models import ModelVersion
from annotator.inference.queries import asked_in_words
from annotator.lib.errors import Conflict, refused
from annotator.projects.models import Image, Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.suggestions.queries import WORDS as KIND
from annotator.suggestions.turns import NOW
from annotator.suggestions.words.asked import Kind, read

BEHIND_SEARCHES = -9
"""Before a search of everything, which may take hours; behind all that somebody looks at."""
MOST_IMAGES = 20_000


def start(project: Project, by: User, given: dict[str, Any]) -> Run:
    """Queue asking these images, or all of the project, for phrases. Raises ApiError and Conflict."""
    kinds, images = read(project, given["phrases"]), given.get("images")
    if images is not None:
        _check_images(project, images)
    return _queue(project, by, given, kinds, None if images is None else [str(pk) for pk in images], BEHIND_SEARCHES)


def start_on_image(image: Image, by: User, given: dict[str, Any]) -> Run:
    """Queue asking one image, also by example boxes on it, for somebody who watches. Raises ApiError and Conflict."""
    kinds = read(image.project, given["phrases"], image)
    return _queue(image.project, by, given, kinds, [str(image.pk)], NOW, image.pk)


def _queue(
    project: Project, by: User, given: dict[str, Any], kinds: list[Kind], images: list[str] | None, priority: int,
    subject: uuid.UUID | None = None,
) -> Run:  # fmt: skip
    params = {
        "model_version": str(_model(given.get("model")).pk), "images": images,
        "phrases": [kind.to_json() for kind in kinds], "threshold": given.get("threshold"), "nms": given.get("nms"),
    }  # fmt: skip
    same = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    return enqueue(
        KIND, project=project, params=params, requested_by=by, subject=subject, priority=priority,
        key=f"{KIND}:{project.pk}:{same}",
    )  # fmt: skip


def _model(wanted: uuid.UUID | None) -> ModelVersion:
    """The model that was named, or the newest that is asked in words."""
    rows = asked_in_words()
    found = rows.first() if wanted is None else rows.filter(pk=wanted).first()
    if found is not None:
        return found
    if wanted is not None:
        raise refused("model", "This model is not installed, or cannot be asked in words.")
    raise Conflict(
        "no_words_model",
        "No model here can be asked in words. An administrator adds SAM 3: `models pull sam3` says how.",
    )


def _check_images(project: Project, images: Sequence[uuid.UUID]) -> None:
    if not images or len(images) > MOST_IMAGES:
        raise refused("images", f"Name between 1 and {MOST_IMAGES} images, or leave them out for the whole project.")
    known = set(project.images.values_list("pk", flat=True))
    if missing := [pk for pk in images if pk not in known]:
        raise refused("images", f"{len(missing)} of these images are not in this project (any more).")

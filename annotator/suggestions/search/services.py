"""Asking for searches: of a project, of one image, of one image for the preview. And what they search with."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from annotator.accounts.models import User
from annotator.lib.errors import Conflict, refused
from annotator.projects.models import Image, Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.suggestions.models import AutomaskSettings
from annotator.suggestions.parameters import Wanted, read
from annotator.suggestions.queries import settings_of
from annotator.suggestions.search.queries import MAX_IMAGES
from annotator.suggestions.turns import NOW

BEHIND_EVERYTHING = -10
"""A search may wait for every embedding somebody looks at."""
PREVIEW = "automask_preview"


def change_settings(project: Project, given: object) -> Wanted:
    """Set the project's parameters: a preset, or differences to what they are. Raises ApiError."""
    wanted = read(given, settings_of(project).to_json())
    AutomaskSettings.objects.update_or_create(project=project, defaults={"params": wanted.to_json()})
    return wanted


def start(project: Project, by: User, images: Sequence[uuid.UUID] | None, given: object) -> Run:
    """Queue a search of these images, or of the whole project. Raises ApiError and Conflict."""
    wanted = read(given, settings_of(project).to_json())
    if images is not None:
        _check_images(project, images)
    params = {"images": None if images is None else [str(pk) for pk in images], "params": wanted.to_json()}
    return _queue(project, by, params, BEHIND_EVERYTHING)


def start_on_image(image: Image, by: User, given: object, region: list[int] | None = None) -> Run:
    """Queue a search of one image, or of [x, y, w, h] in it, for somebody who watches."""
    wanted = read(given, settings_of(image.project).to_json())
    if region is not None:
        _check_region(image, region)
    params = {"images": [str(image.pk)], "params": wanted.to_json(), "region": region}
    return _queue(image.project, by, params, NOW, subject=image.pk)


def start_preview(image: Image, by: User, given: object) -> Run:
    """Queue the search of an image for its project's preview. Raises ApiError and Conflict."""
    project = image.project
    wanted = read(given, settings_of(project).to_json())
    if project.model_version_id is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    params = {"model_version": str(project.model_version_id), "params": wanted.to_json(), "image": str(image.pk)}
    # One preview at a time: asking again while it waits would only be the same work twice.
    search = wanted.search
    key = f"{PREVIEW}:{project.pk}:{image.pk}:{search.points_per_side}:{search.stability_offset}:{search.full_size}"
    return enqueue(PREVIEW, project=project, params=params, requested_by=by, subject=image.pk, priority=NOW, key=key)


def _queue(project: Project, by: User, params: dict[str, Any], priority: int, subject: uuid.UUID | None = None) -> Run:
    if project.model_version_id is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    params |= {"model_version": str(project.model_version_id)}
    same = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    return enqueue(
        "automask", project=project, params=params, requested_by=by, subject=subject, priority=priority,
        key=f"automask:{project.pk}:{same}",
    )  # fmt: skip


def _check_images(project: Project, images: Sequence[uuid.UUID]) -> None:
    if not images or len(images) > MAX_IMAGES:
        raise refused("images", f"Name between 1 and {MAX_IMAGES} images, or leave them out for the whole project.")
    known = set(project.images.values_list("pk", flat=True))
    if missing := [pk for pk in images if pk not in known]:
        raise refused("images", f"{len(missing)} of these images are not in this project (any more).")


def _check_region(image: Image, region: list[int]) -> None:
    x, y, width, height = region
    inside = x >= 0 and y >= 0 and x + width <= image.width and y + height <= image.height
    if not inside or width < 16 or height < 16:
        raise refused("region", f"A region [x, y, w, h] of at least 16 x 16 pixels in {image.width} x {image.height}.")

"""Reading searches: what was searched, what was not yet, and the preview."""

from __future__ import annotations

import uuid

from annotator.accounts.access import Person
from annotator.lib.errors import Conflict
from annotator.projects.models import Project
from annotator.projects.models.image import IN_ORDER, on_images_of
from annotator.projects.queries import seen
from annotator.suggestions.choices import State
from annotator.suggestions.models import Preview, Search, Suggestion

MAX_IMAGES = 20_000
"""In one search."""


def progress_of(project: Project) -> tuple[int, int]:
    """Return how many of the project's images were searched to the end, and how many suggestions wait."""
    searched = Search.objects.filter(on_images_of(project), complete=True, problem="")
    pending = Suggestion.objects.filter(on_images_of(project), state=State.PENDING)
    return searched.order_by().values("image").distinct().count(), pending.count()


def unsearched(project: Project) -> list[uuid.UUID]:
    """Return the images that no search has got through yet. Raises Conflict when there are none."""
    searched = Search.objects.filter(complete=True, problem="").values("image")
    found = list(project.images.exclude(pk__in=searched).order_by(*IN_ORDER).values_list("pk", flat=True))
    if not found:
        raise Conflict("all_searched", "Every photo of this project was searched already.")
    return found[:MAX_IMAGES]


def preview_for(user: Person, project: Project) -> Preview | None:
    """Return the stored preview, unless its image or the project's model has changed since, or the person does not see
    the image."""
    rows = seen(user, Preview.objects.filter(project=project, image__deleted_at=None), "image")
    found = rows.select_related("image").first()
    return found if found is not None and found.model_version_id == project.model_version_id else None

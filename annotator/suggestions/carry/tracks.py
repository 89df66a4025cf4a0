"""Track numbers: the same object on several images. An annotation's stands among its attributes, so that it is seen,
changed, undone and exported like any other; a trail's says what its suggestions will have."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from annotator.accounts.models import User
from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.lib.numbers import is_number
from annotator.projects.models import Image, Project
from annotator.suggestions.models import Trail

NAME = "track_id"
"""The attribute's name, as CVAT and Datumaro have it."""


def track_of(attributes: Any) -> int | None:
    """Return the track that attributes name, or None."""
    value: Any = attributes.get(NAME) if isinstance(attributes, dict) else None
    return int(value) if is_number(value) and float(value).is_integer() and value >= 0 else None


def number_all(image: Image, by: User, sources: Iterable[uuid.UUID]) -> None:
    """Give a track to each of these objects that has none."""
    rows = [
        row for row in Annotation.objects.filter(pk__in=sources, deleted_at=None)
        if track_of(row.attributes) is None
    ]  # fmt: skip
    if not rows:
        return
    for number, row in enumerate(rows, next_track(image.project)):
        annotating.update(image, by, row.pk, row.revision, {"attributes": row.attributes | {NAME: number}})


def next_track(project: Project) -> int:
    """Return the lowest number from which on no track of the project has one."""
    live = Annotation.objects.filter(image__project=project, attributes__has_key=NAME)
    used = [track_of(attributes) or 0 for attributes in live.values_list("attributes", flat=True).iterator()]
    trails = Trail.objects.filter(image__project=project).aggregate(most=Max("track"))["most"] or 0
    return max([*used, trails], default=0) + 1


def marks_of(project: Project, tracks: Iterable[int]) -> dict[uuid.UUID, dict[int, Annotation]]:
    """Return people's objects of these tracks, by image and track."""
    wanted, found = set(tracks), dict[uuid.UUID, dict[int, Annotation]]()
    rows = Annotation.objects.filter(
        image__project=project, image__deleted_at=None, deleted_at=None, attributes__has_key=NAME
    )  # fmt: skip
    for row in rows.order_by("created", "id").iterator():
        track = track_of(row.attributes)
        if track in wanted and track is not None:
            found.setdefault(row.image_id, {})[track] = row
    return found

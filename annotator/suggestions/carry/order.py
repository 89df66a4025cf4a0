"""The images after an image, in the project's order."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from annotator.accounts.access import Person
from annotator.accounts.extensions import given_to
from annotator.projects.models import Image
from annotator.projects.models.image import IN_ORDER, IS_COPY
from annotator.projects.queries import images_for


def after(user: Person | None, image: Image, count: int | None = None, *, backwards: bool = False) -> QuerySet[Image]:
    """Return up to `count` images that follow this one, of those that the person sees; all, when None. Backwards those
    before it, the nearest first."""
    if backwards:
        behind = Q(place__lt=image.place) | Q(place=image.place, pk__lt=image.pk)
        rows = _seen(user, image).filter(behind).order_by(*(f"-{column}" for column in IN_ORDER))
    else:
        behind = Q(place__gt=image.place) | Q(place=image.place, pk__gt=image.pk)
        rows = _seen(user, image).filter(behind).order_by(*IN_ORDER)
    return rows if count is None else rows[:count]


def numbers_of(user: Person | None, image: Image) -> dict[uuid.UUID, int]:
    """Return the place, from 0, of every image that the person sees among them."""
    keys = _seen(user, image).order_by(*IN_ORDER).values_list("pk", flat=True)
    return {key: number for number, key in enumerate(keys.iterator())}


def among(user: Person | None, image: Image, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Image]:
    """Return those of these images that the person sees among them."""
    wanted = list(keys)
    return {row.pk: row for row in _seen(user, image).filter(pk__in=wanted)} if wanted else {}


def _seen(user: Person | None, image: Image) -> QuerySet[Image]:
    # A run outlives who asked for it.
    images = images_for(user, image.project) if user else image.project.images.all()
    if image.copy_of_id is not None:  # on to one's own copies, not to what is to become of all
        given = given_to(user.pk if user else None)
        images = Image.workable.filter(IS_COPY, project=image.project_id, pk__in=given)
    return images

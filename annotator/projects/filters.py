"""Narrowing and sorting a project's images, by the words that addresses, saved filters and jobs have for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import Concat

from annotator.lib.days import start_of
from annotator.projects.choices import Sorting
from annotator.projects.extensions import held_by, meant_by, objects
from annotator.projects.models import Image, ImageTag
from annotator.projects.models.image import IN_ORDER

NONE = "none"
"""In place of a label: objects without one; in place of a tag: images without any."""

ORDERS: dict[str, tuple[str, ...]] = {
    Sorting.NAME: IN_ORDER,
    Sorting.NEWEST: ("-created", "id"),
    Sorting.OLDEST: ("created", "id"),
    Sorting.MOST: ("-object_count", *IN_ORDER),
    Sorting.FEWEST: ("object_count", *IN_ORDER),
}


def _containing(images: QuerySet[Image], text: str) -> QuerySet[Image]:
    path = Case(When(folder="", then=F("name")), default=Concat("folder", Value("/"), "name"))
    return images.alias(whole=path).filter(whole__icontains=text)


def _labelled(images: QuerySet[Image], label: uuid.UUID | str) -> QuerySet[Image]:
    on_it = objects().filter(image=OuterRef("pk"), label=None if label == NONE else label)
    return images.filter(Exists(on_it))


def _tagged(images: QuerySet[Image], tag: uuid.UUID | str) -> QuerySet[Image]:
    on_it = ImageTag.objects.filter(image=OuterRef("pk"))
    return images.filter(~Exists(on_it) if tag == NONE else Exists(on_it.filter(tag_id=tag)))


def _meant(images: QuerySet[Image], only: str) -> QuerySet[Image]:
    try:
        return meant_by(images, only)[0]
    except ValueError:
        return images.none()


_PARTS: dict[str, Callable[[QuerySet[Image], Any], QuerySet[Image]]] = {
    "state": lambda images, state: images.filter(state=state),
    "review": lambda images, review: images.filter(review=review),
    "search": _containing,
    "assignee": held_by,
    "with_label": _labelled,
    "tag": _tagged,
    "added_from": lambda images, day: images.filter(created__gte=start_of(day)),
    "added_to": lambda images, day: images.filter(created__lt=start_of(day + timedelta(days=1))),
    "min_objects": lambda images, least: images.filter(object_count__gte=least),
    "max_objects": lambda images, most: images.filter(object_count__lte=most),
    "only": _meant,
}


def narrowed(images: QuerySet[Image], wish: Mapping[str, Any]) -> QuerySet[Image]:
    """Leave the images that match every part of a wish: state, review, search (part of folder/name), assignee (an id,
    "pool" or "nobody"), with_label and tag (an id or "none"), added_from and added_to (days), min_objects and
    max_objects, only (NAME:VALUE of `extensions.add_narrowing`; none where that means nothing). What is None or blank
    asks for nothing."""
    for name, narrow in _PARTS.items():
        if wish.get(name) not in (None, ""):
            images = narrow(images, wish[name])
    return images


def order_of(wish: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what `sort` says for `order_by`."""
    return ORDERS[wish.get("sort") or Sorting.NAME]

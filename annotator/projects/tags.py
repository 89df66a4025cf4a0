"""Tags of a project, and the filters it keeps under a name: reading them, and the verbs about them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from annotator.accounts.models import User
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Image, ImageTag, Project, SavedFilter, Tag

MOST_TAGS = 500
MOST_FILTERS = 200


def tags_on(images: Iterable[Image]) -> dict[uuid.UUID, list[str]]:
    """Return the names of the tags on each of these images, in order; one query."""
    found: dict[uuid.UUID, list[str]] = {image.pk: [] for image in images}
    rows = ImageTag.objects.filter(image__in=list(found)).order_by("tag__name", "tag")
    for pk, name in rows.values_list("image", "tag__name"):
        found[pk].append(name)
    return found


def with_counts(project: Project, images: QuerySet[Image]) -> QuerySet[Tag]:
    """Return the tags of a project, each with `image_count`: how many of these images have it."""
    on_these = Q(images__deleted_at=None, images__in=images.order_by().values("pk"))
    return project.tags.annotate(image_count=Count("images", filter=on_these))


def find_or_make(project: Project, names: Sequence[str]) -> list[Tag]:
    """Return the tags of these names, whatever the case of their letters; new ones are made. Inside a transaction.
    Raises ApiError when the project would have more than `MOST_TAGS`."""
    if not names:
        return []
    # Two people who use a new word at once make it once.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    there = {tag.name.casefold(): tag for tag in project.tags.all()}
    fresh = {name.casefold(): name for name in names if name.casefold() not in there}
    if len(there) + len(fresh) > MOST_TAGS:
        sentence = f"A project can have {MOST_TAGS} tags at most. Use one that is there, or delete one."
        raise ApiError("invalid", sentence, fields={"add": [sentence]})
    there |= {key: Tag.objects.create(project=project, name=name) for key, name in fresh.items()}
    return [there[key] for key in dict.fromkeys(name.casefold() for name in names)]


def rename(tag: Tag, name: str) -> None:
    """Call a tag by another name. Raises Conflict when another one has it."""
    try:
        with transaction.atomic():
            tag.name = name
            tag.save(update_fields=["name"])
    except IntegrityError:
        raise Conflict("tag_exists", f"This project already has a tag called “{name}”.") from None


def save_filter(project: Project, name: str, query: Mapping[str, Any], by: User) -> SavedFilter:
    """Keep a filter under a name. Raises Conflict when the name is taken, ApiError when there are too many."""
    if project.saved_filters.count() >= MOST_FILTERS:
        raise ApiError("invalid", f"A project can keep {MOST_FILTERS} filters at most. Delete one that nobody uses.")
    try:
        with transaction.atomic():
            return SavedFilter.objects.create(project=project, name=name, query=dict(query), created_by=by)
    except IntegrityError:
        message = f"This project already keeps a filter called “{name}”. Choose another name, or delete that one first."
        raise Conflict("filter_exists", message) from None

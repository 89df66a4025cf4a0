"""What is done to many images of a project at once. Images that are not there any more, or that the person does not
see, are left out and counted: two people may clear up at the same time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.projects import bins
from annotator.projects.models import Image, ImageTag, Project, Tag
from annotator.projects.models.tag import MAX_NAME
from annotator.projects.services import set_state
from annotator.projects.tags import find_or_make
from annotator.projects.telling import tell_of

MOST = 500
"""In one request."""
BATCH = 2000


def mark(images: QuerySet[Image], pks: Sequence[uuid.UUID], state: str, by: User) -> dict[uuid.UUID, str]:
    """Say how far these images are; return how far those that changed were before."""
    with write_in_turn():
        rows = list(images.filter(pk__in=pks).exclude(state=state).select_related("project").order_by("pk"))
        before = {image.pk: image.state for image in rows}
        for image in rows:
            set_state(image, state, by)
    return before


def tag(
    project: Project, images: QuerySet[Image], pks: Sequence[uuid.UUID], add: Sequence[str], remove: Sequence[str]
) -> dict[str, list[uuid.UUID]]:
    """Tag these images, with words that may be new, and take tags off; return, under "added" and "removed", those
    that changed. Raises ApiError for more tags than a project can have."""
    with write_in_turn():
        found = list(images.filter(pk__in=pks).order_by("pk").values_list("pk", flat=True))
        gone = ImageTag.objects.filter(image__in=found, tag__in=_called(project, remove))
        removed = sorted(set(gone.values_list("image", flat=True)))
        gone.delete()
        added: set[uuid.UUID] = set()
        for word in find_or_make(project, add) if found else []:
            there = set(ImageTag.objects.filter(tag=word, image__in=found).values_list("image", flat=True))
            fresh = [pk for pk in found if pk not in there]
            ImageTag.objects.bulk_create((ImageTag(tag=word, image_id=pk) for pk in fresh), batch_size=BATCH)
            added.update(fresh)
    return {"added": sorted(added), "removed": removed}


def _called(project: Project, names: Sequence[str]) -> list[Tag]:
    wanted = {name.casefold()[:MAX_NAME] for name in names}
    return [row for row in project.tags.all() if row.name.casefold() in wanted]


def delete(project: Project, images: QuerySet[Image], pks: Sequence[uuid.UUID], by: User) -> list[uuid.UUID]:
    """Put these images into the bin; return those that went there."""
    with write_in_turn():
        held = images.filter(pk__in=pks, copy_of=None).order_by("pk").select_for_update(of=("self",))
        found = list(held.values_list("pk", flat=True))
        bins.write(found, timezone.now())
        _tell(project, Kind.IMAGES_DELETED, by, len(found))
    bins.purge_old(project.pk)
    return found


def restore(project: Project, pks: Sequence[uuid.UUID], by: User) -> list[uuid.UUID]:
    """Take these images out of the bin; return those that came back. One that the project has again stays there."""
    with write_in_turn():
        again = Image.objects.filter(project=project, sha256=OuterRef("sha256"))
        binned = Image.with_bin.filter(project=project, pk__in=pks, copy_of=None).exclude(deleted_at=None)
        rows = binned.exclude(Exists(again)).order_by("-deleted_at", "pk").select_for_update(of=("self",))
        by_content = {sha256: pk for pk, sha256 in rows.values_list("pk", "sha256")}
        found = sorted(by_content.values())
        bins.write(found, None)
        _tell(project, Kind.IMAGES_RESTORED, by, len(found))
    return found


def _tell(project: Project, kind: Kind, by: User, count: int) -> None:
    if count:
        tell_of(project, kind, by, count=count)


def ids_of(images: QuerySet[Image], limit: int, order: tuple[str, ...]) -> dict[str, Any]:
    """Return the ids of the first `limit` images, and how many there are."""
    with transaction.atomic():
        return {"count": images.count(), "ids": list(images.order_by(*order).values_list("pk", flat=True)[:limit])}

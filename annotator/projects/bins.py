"""The bin: deleted images stay, with everything people made on them, until they are emptied out or 30 days are over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib.errors import Conflict
from annotator.lib.happenings import Kind
from annotator.projects.blobs import collect_unused
from annotator.projects.extensions import owned
from annotator.projects.models import Image, Project
from annotator.projects.telling import tell_of

KEPT = timedelta(days=30)


def put(image: Image, by: User | None = None) -> None:
    """Put an image into the bin; what has been there for too long goes for good, so no timer is needed. Raises Conflict
    for a copy, which goes with its original."""
    if image.copy_of_id is not None:
        raise Conflict(
            "is_a_copy", "This image is a copy for one of several people. Delete its job, or the image itself."
        )
    with transaction.atomic():
        image.deleted_at = timezone.now()
        write([image.pk], image.deleted_at)
        tell_of(image.project, Kind.IMAGE_DELETED, by, name=image.path)
    purge_old(image.project_id)


def write(images: Sequence[uuid.UUID], when: datetime | None) -> None:
    """Put these images into the bin, or take them out (None); copies follow their originals."""
    Image.with_bin.filter(Q(pk__in=images) | Q(copy_of__in=images)).update(deleted_at=when)


def purge_old(project: uuid.UUID) -> None:
    """Delete for good what has been in a project's bin for too long."""
    _purge(Image.with_bin.filter(project_id=project, deleted_at__lt=timezone.now() - KEPT))


def restore(image: Image, by: User | None = None) -> None:
    """Take an image out of the bin. Raises Conflict when the project has the same image again."""
    try:
        with transaction.atomic():
            image.deleted_at = None
            write([image.pk], None)
            tell_of(image.project, Kind.IMAGE_RESTORED, by, name=image.path)
    except IntegrityError:
        raise Conflict(
            "duplicate_image",
            f"“{image.name}” was added to this project again after it had been deleted. Delete the new one first.",
        ) from None


def of(project: Project) -> QuerySet[Image]:
    """Return the images in a project's bin, each with its number of annotations."""
    return Image.with_bin.filter(project=project, copy_of=None).exclude(deleted_at=None)


def empty(project: Project, by: User | None = None) -> None:
    """Delete the bin's images for good."""
    binned = Image.with_bin.filter(project=project).exclude(deleted_at=None)
    if count := binned.filter(copy_of=None).count():
        tell_of(project, Kind.BIN_EMPTIED, by, count=count)
    _purge(binned)


def _purge(images: QuerySet[Image]) -> None:
    hashes = owned(images)
    with transaction.atomic():
        images.delete()
    collect_unused(hashes)

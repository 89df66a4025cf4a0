"""The bin: deleted images stay, with everything people made on them, until they are emptied out or 30 days are over."""
from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator.lib.errors import Conflict
from annotator.projects.blobs import collect_unused
from annotator.projects.extensions import owned
from annotator.projects.models import Image, Project
from annotator.projects.queries import with_annotation_count

KEPT = timedelta(days=30)


def put(image: Image) -> None:
    """Put an image into the bin; what has been there for too long goes for good, so no timer is needed."""
    image.deleted_at = timezone.now()
    image.save(update_fields=["deleted_at"])
    _purge(Image.with_bin.filter(project_id=image.project_id, deleted_at__lt=timezone.now() - KEPT))


def restore(image: Image) -> None:
    """Take an image out of the bin. Raises Conflict when the project has the same picture again."""
    try:
        with transaction.atomic():
            image.deleted_at = None
            image.save(update_fields=["deleted_at"])
    except IntegrityError:
        raise Conflict(
            "duplicate_image",
            f"“{image.name}” was added to this project again after it had been deleted. Delete the new one first.",
        ) from None


def of(project: Project) -> QuerySet[Image]:
    """Return the images in a project's bin, each with its number of annotations."""
    return with_annotation_count(Image.with_bin.filter(project=project).exclude(deleted_at=None))


def empty(project: Project) -> None:
    """Delete the bin's images for good."""
    _purge(Image.with_bin.filter(project=project).exclude(deleted_at=None))


def _purge(images: QuerySet[Image]) -> None:
    hashes = owned(images)
    with transaction.atomic():
        images.delete()
    collect_unused(hashes)

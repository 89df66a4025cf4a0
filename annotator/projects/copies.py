"""Copies of images, for people who work on the same picture without seeing each other's work."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from annotator.projects.choices import ImageState
from annotator.projects.extensions import copies_made
from annotator.projects.models import Image

BATCH = 500
SAME = (
    "project_id", "name", "folder", "sha256", "source_sha256", "thumb_sha256", "media_type", "width", "height", "bytes",
    "source_format", "notes", "added_by_id", "created",
)  # fmt: skip
"""What a copy has of its original: everything that a list shows, so that nothing tells one from the other."""


def make_copies(originals: Sequence[uuid.UUID]) -> dict[uuid.UUID, Image]:
    """Make one copy of each of these images, without objects; the pictures themselves are shared. Returns them by the
    id of the original."""
    found: dict[uuid.UUID, Image] = {}
    for begin in range(0, len(originals), BATCH):
        rows = Image.objects.filter(pk__in=originals[begin : begin + BATCH])
        made = [Image(copy_of=row, **{name: getattr(row, name) for name in SAME}) for row in rows]
        Image.objects.bulk_create(made)
        copies_made(made)
        found |= {row.copy_of_id: row for row in made if row.copy_of_id}
    return found


def untouched(copies: QuerySet[Image]) -> QuerySet[Image]:
    """Leave out the copies on which something was done."""
    return copies.filter(copy_of__isnull=False, annotation_seq=0, state=ImageState.NEW)

"""Corrections of an audit become the masks of the project, where a lead says so."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.editing import Editing
from annotator.annotations.models import Annotation
from annotator.audits.judging import catch_up
from annotator.audits.models import Audit, AuditMask
from annotator.audits.telling import tell_taken
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Image


def take(audit: Audit, by: User) -> tuple[int, list[dict[str, Any]]]:
    """Take all corrections over that were not yet: a corrected mask replaces the object's, a removed object goes.
    Return how many, and of the others why not: the object was changed or deleted since it was drawn."""
    while catch_up(audit):
        pass
    wanted: dict[uuid.UUID, list[AuditMask]] = defaultdict(list)
    for row in audit.masks.filter(iou__lt=1, taken=None, own=False).select_related("image"):
        wanted[row.image_id].append(row)
    left: list[dict[str, Any]] = []
    count = sum(_take_on(image, rows, by, left) for image, rows in wanted.items())
    if count:
        tell_taken(audit, by, count)
    return count, left


def _take_on(image: uuid.UUID, rows: list[AuditMask], by: User, left: list[dict[str, Any]]) -> int:
    with write_in_turn():
        held = Image.objects.select_for_update(of=("self",)).select_related("project").filter(pk=image).first()
        objects = Annotation.objects.in_bulk([row.annotation for row in rows])
        fresh = []
        for row in rows:
            if why := _why_not(held, objects.get(row.annotation), row):
                left.append({"mask": row.pk, "message": why})
            else:
                fresh.append(row)
        if held is None or not fresh:
            return 0
        editing = Editing(held, by)
        for row in fresh:
            if row.corrected is None:
                editing.delete(row.annotation, row.revision)
            else:
                editing.update(row.annotation, row.revision, {"rle": row.corrected})
            row.taken = timezone.now()
        editing.finish()
        AuditMask.objects.bulk_update(fresh, ["taken"])
    return len(fresh)


def _why_not(image: Image | None, row: Annotation | None, mask: AuditMask) -> str:
    if image is None:
        return "The image is not in the project any more."
    if row is None or row.deleted_at is not None:
        return f"The object on {image.path} was deleted since it was drawn."
    if row.revision != mask.revision:
        return f"The object on {image.path} was changed since it was drawn. It stays as it is now."
    return ""

"""An annotation as the API shows it. Plain dictionaries: thousands of rows leave in one answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.annotations.models import Annotation, Revision

_COLUMNS = [field.attname for field in Annotation._meta.concrete_fields]


def annotation_json(row: Annotation) -> dict[str, Any]:
    """Return the whole object; one that is deleted says so with `deleted`."""
    return _shown(row, person_json(row.author))


def annotations_json(rows: QuerySet[Annotation]) -> list[dict[str, Any]]:
    """Return the objects for somebody who follows changes: of a deleted one only that it is gone.

    Thousands may leave at once, so the columns are read without making model instances."""
    found = list(rows.values_list(*_COLUMNS, named=True))
    authors = {row.author_id for row in found if row.author_id}
    people = {user.pk: person_json(user) for user in User.objects.filter(pk__in=authors)} if authors else {}
    return [_gone(row) if row.deleted_at else _shown(row, people.get(row.author_id)) for row in found]


def _shown(row: Any, author: dict[str, Any] | None) -> dict[str, Any]:
    body = {
        "id": str(row.id),
        "image": str(row.image_id),
        "label": _text(row.label_id),
        "rle": row.rle,
        "bbox": row.bbox,
        "area": row.area,
        "attributes": row.attributes,
        "stage": row.stage,
        "status": row.status,
        "prompts": row.prompts,
        "shape": row.shape,
        "model_version": _text(row.model_version_id),
        "predicted_iou": row.predicted_iou,
        "stability_score": row.stability_score,
        "seconds": row.seconds,
        "clicks": row.clicks,
        "author": author,
        "z_order": row.z_order,
        "locked": row.locked,
        "hidden": row.hidden,
        "revision": row.revision,
        "seq": row.seq,
        "created": row.created.isoformat(),
        "updated": row.updated.isoformat(),
    }
    return body | {"deleted": True} if row.deleted_at else body


def change_json(row: Annotation) -> dict[str, Any]:
    """Return the object for somebody who follows changes: of a deleted one only that it is gone."""
    return _gone(row) if row.deleted_at else annotation_json(row)


def _gone(row: Any) -> dict[str, Any]:
    return {"id": str(row.id), "deleted": True, "revision": row.revision, "seq": row.seq}


def revisions_json(rows: Iterable[Revision]) -> list[dict[str, Any]]:
    """Return changes, who made them and when."""
    return [
        {
            "revision": row.revision,
            "action": row.action,
            "actor": person_json(row.actor),
            "created": row.created.isoformat(),
            "changes": row.changes,
        }
        for row in rows
    ]


def person_json(user: User | None) -> dict[str, Any] | None:
    """Return somebody as others see them."""
    return None if user is None else {"id": str(user.pk), "name": user.name}


def _text(key: object) -> str | None:
    return None if key is None else str(key)

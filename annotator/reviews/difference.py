"""What became of an image's objects between an earlier count of changes and now: added, removed, changed, how much.

Revisions hold the new value of each field that changed, so those up to a count, folded in order, give every object as
it was then.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotator.annotations.choices import Action
from annotator.annotations.models import Annotation, Revision
from annotator.projects.models import Image
from annotator.reviews.choices import Change
from annotator.reviews.work import SAYS_NOTHING
from export.rle import Rle, iou

SHOWN = ("rle", "bbox", "area", "label", "attributes")
MEASURES = {"bbox", "area"}
"""Follow from the mask."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that is not as it was: its SHOWN fields before and after (None: it was not there), the IoU of both
    masks where the mask changed, the names of the fields that changed, and who had a hand in it."""

    id: uuid.UUID
    change: Change
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    iou: float | None = None
    fields: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


def differences(image: Image, since: int) -> list[Difference]:
    """Compare the image's objects as they were at the count of changes `since` with what they are."""
    rows = list(Annotation.objects.filter(image=image, seq__gt=since).order_by("z_order", "created", "id"))
    changes: dict[uuid.UUID, list[Revision]] = defaultdict(list)
    revisions = Revision.objects.filter(annotation__in=[row.pk for row in rows]).select_related("actor")
    for revision in revisions.order_by("annotation", "revision"):
        changes[revision.annotation_id].append(revision)
    found = (_compare(row, changes[row.pk], since) for row in rows)
    return [one for one in found if one is not None]


def _compare(row: Annotation, revisions: list[Revision], since: int) -> Difference | None:
    before = folded(revision for revision in revisions if revision.seq <= since)
    after = None if row.deleted_at else {**_now(row)}
    if before is None and after is None:
        return None  # it came and went meanwhile
    people = list(dict.fromkeys(r.actor.name for r in revisions if r.seq > since and r.actor))
    if before is None or after is None:
        return Difference(
            row.pk, Change.REMOVED if before else Change.ADDED, _shown(before), _shown(after), None, [], people
        )
    names = [name for name in after if name not in SAYS_NOTHING and name in before and before[name] != after[name]]
    if not names:
        return None
    overlap = iou(Rle.from_json(before["rle"]), Rle.from_json(after["rle"])) if "rle" in names else None
    fields = ["mask" if name == "rle" else name for name in names if name not in MEASURES]
    return Difference(row.pk, Change.CHANGED, _shown(before), _shown(after), overlap, fields, people)


def folded(revisions: Iterable[Revision]) -> dict[str, Any] | None:
    """Return an object's fields after these revisions, oldest first; None when it was not there (yet, or any more)."""
    state: dict[str, Any] = dict(_BLANK)
    there = False
    for revision in revisions:
        state |= revision.changes
        there = revision.action != Action.DELETE
    return state if there else None


_BLANK: dict[str, Any] = {"label": None, "attributes": {}, "shape": None, "z_order": 0}
"""What is not in the first revision of an object where nobody sent it."""


def _now(row: Annotation) -> dict[str, Any]:
    label = str(row.label_id) if row.label_id else None
    plain = {name: getattr(row, name) for name in ("rle", "bbox", "area", "attributes", "z_order")}
    return plain | {"label": label}


def _shown(state: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if state is None else {name: state.get(name) for name in SHOWN}

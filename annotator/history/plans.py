"""What of one person's work in a time can be undone: what nobody has worked on since.

Of each object the last changes count, in a row, that are all the person's and of that time: the object goes back to
what it was before them. Where somebody else (or the same person, later) worked on it after that, it is kept as it is.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from annotator.annotations.models import Annotation, Revision
from annotator.history.putting import own_work, revisions_of
from annotator.projects.choices import ReviewState
from annotator.projects.models import Image, Project
from annotator.reviews.choices import Change
from annotator.reviews.difference import folded

LISTED = 200
"""So many images with something that is kept are named."""
CHUNK = 10
"""So many images are read at once."""
MOST, MOST_IMAGES = 2000, 1000
"""So many objects, and images, of one look."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose work of which time: from `since` to before `until`."""

    person: uuid.UUID
    since: datetime
    until: datetime

    def has(self, revision: Revision) -> bool:
        """Tell whether the person did this, in that time."""
        return revision.actor_id == self.person and self.since <= revision.created < self.until


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one object. `undoes`: it goes back to `state` (None: it was not there). `kept_by`: who worked on
    it since, or between the person's changes; then (the rest of) the person's work stays."""

    undoes: bool
    state: dict[str, Any] | None = None
    kept_by: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What undoing changes, or has changed. `removed` objects go, `added` ones come back."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    images: int = 0
    accepted: int = 0
    in_bin: int = 0
    kept: int = 0
    unlabelled: int = 0
    listed: list[dict[str, Any]] = field(default_factory=list)

    def count(self, change: Change) -> None:
        """Count one object."""
        setattr(self, change.value, getattr(self, change.value) + 1)

    def keep(self, image: Image, kept: list[tuple[str, ...]]) -> None:
        """Note objects of an image that stay, with who worked on each."""
        self.kept += len(kept)
        if kept and len(self.listed) < LISTED:
            people = sorted({name for names in kept for name in names})
            self.listed.append({"image": str(image.pk), "name": image.path, "objects": len(kept), "people": people})

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {name: getattr(self, name) for name in Outcome.__slots__}


def plan_of(revisions: list[Revision], wanted: Wanted) -> Plan | None:
    """Return what becomes of an object with these revisions, in order; None where none is of the person's work."""
    work = [revision for revision in revisions if own_work(revision)]
    theirs = [wanted.has(revision) for revision in work]
    if True not in theirs:
        return None
    last = len(work)
    while last and theirs[last - 1]:
        last -= 1
    others = work[theirs.index(True) : last]
    kept_by = tuple(dict.fromkeys(named(revision) for revision in others if not wanted.has(revision)))
    if last == len(work):
        return Plan(undoes=False, kept_by=kept_by)
    first = work[last].revision
    return Plan(True, folded(revision for revision in revisions if revision.revision < first), kept_by)


def named(revision: Revision) -> str:
    """Say whose a revision is."""
    return revision.actor.name if revision.actor else "somebody who left"


def images_of(project: Project, wanted: Wanted) -> QuerySet[Image]:
    """Return the images that the person worked on in that time, copies and those in the bin too."""
    return Image.with_bin.filter(project=project, pk__in=_theirs(wanted).values("image"))


def objects_on(images: Collection[uuid.UUID], wanted: Wanted) -> list[uuid.UUID]:
    """Return the objects on images that the person worked on in that time."""
    rows = _theirs(wanted).filter(image__in=images).order_by()
    return list(rows.values_list("annotation", flat=True).distinct())


def _theirs(wanted: Wanted) -> QuerySet[Revision]:
    rows = Revision.objects.filter(actor=wanted.person, created__gte=wanted.since, created__lt=wanted.until)
    return rows.filter(merge=None).order_by()


def look(project: Project, wanted: Wanted, after: uuid.UUID | None = None) -> tuple[Outcome, uuid.UUID | None]:
    """Return what undoing would change at this moment, on the images after `after`, and the image after which to look
    on: a look ends after `MOST` objects or `MOST_IMAGES` images (None: there are no more), so it stays short however
    long a person has worked. The sum of all looks is the whole."""
    images = images_of(project, wanted).order_by("pk")
    images = images.filter(pk__gt=after) if after else images
    ids = list(images.values_list("pk", flat=True)[: MOST_IMAGES + 1])
    outcome, seen = Outcome(), 0
    for start in range(0, min(len(ids), MOST_IMAGES), CHUNK):
        chunk = ids[start : min(start + CHUNK, MOST_IMAGES)]
        seen += _look_at(chunk, wanted, outcome)
        if seen >= MOST and chunk[-1] != ids[-1]:
            return outcome, chunk[-1]
    return outcome, ids[MOST_IMAGES - 1] if len(ids) > MOST_IMAGES else None


def _look_at(ids: list[uuid.UUID], wanted: Wanted, outcome: Outcome) -> int:
    """Add what undoing would change on these images; returns how many objects were looked at."""
    workable = Image.workable.in_bulk(ids)
    outcome.in_bin += len(ids) - len(workable)
    objects = objects_on(workable, wanted)
    revisions, rows = revisions_of(objects), Annotation.objects.in_bulk(objects)
    kept: dict[uuid.UUID, list[tuple[str, ...]]] = defaultdict(list)
    moved = set()
    for pk, row in rows.items():
        plan = plan_of(revisions[pk], wanted)
        if plan is None:
            continue
        if plan.kept_by or not plan.undoes:
            kept[row.image_id].append(plan.kept_by)
        change = change_of(row, plan)
        if change is not None:
            outcome.count(change)
            moved.add(row.image_id)
    for pk, names in kept.items():
        outcome.keep(workable[pk], names)
    outcome.images += len(moved)
    outcome.accepted += sum(workable[pk].review == ReviewState.ACCEPTED for pk in moved)
    return len(objects)


def change_of(row: Annotation, plan: Plan) -> Change | None:
    """Return what would become of an object, None where it stays."""
    there, will = row.deleted_at is None, plan.state is not None
    if not plan.undoes or not (there or will):
        return None
    return Change.CHANGED if there and will else Change.ADDED if will else Change.REMOVED

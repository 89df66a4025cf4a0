"""The life of an image: who worked on it when, and what stood on it at any time."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from annotator.accounts.models import User
from annotator.annotations.choices import Action
from annotator.annotations.models import Annotation, Revision
from annotator.history.putting import label_now, revisions_of
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Image, Label
from annotator.reviews.choices import Change
from annotator.reviews.difference import Difference, differences, folded

PAUSE = timedelta(minutes=5)
"""Changes by one person with no longer pause between them are one moment."""
MOST = 100
"""Moments in one answer."""
TURNED = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED, Change.CHANGED: Change.CHANGED}


@dataclass(slots=True)
class Moment:
    """What one person did without a long pause: the counts of changes `first` to `seq`, and how many of each kind."""

    first: int
    seq: int
    actor: uuid.UUID | None
    since: datetime
    until: datetime
    put_back: bool
    did: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Look:
    """What putting an image back to the count of changes `seq` changes; `now` is its count."""

    seq: int
    now: int
    objects: list[Difference]
    unlabelled: int

    def count(self, change: Change) -> int:
        """Count objects that come back (added), go (removed), or change."""
        return sum(one.change == change for one in self.objects)


def moments_of(image: Image, before: int | None = None) -> tuple[list[Moment], bool]:
    """Return what happened on the image, the newest first, from before a count of changes on; and whether there is
    more."""
    rows = Revision.objects.filter(image=image).order_by("-seq")
    rows = rows if before is None else rows.filter(seq__lt=before)
    found: list[Moment] = []
    for moment in _grouped(rows.values_list("seq", "actor", "action", "created", "put_back").iterator(chunk_size=500)):
        if len(found) == MOST:
            return found, True
        found.append(moment)
    return found, False


def _grouped(rows: Any) -> Iterator[Moment]:
    moment: Moment | None = None
    for seq, actor, action, created, put_back in rows:
        same = moment is not None and (moment.actor, moment.put_back) == (actor, put_back)
        if moment is None or not same or moment.since - created > PAUSE:
            if moment is not None:
                yield moment
            moment = Moment(seq, seq, actor, created, created, put_back)
        moment.first, moment.since = seq, created
        moment.did[Action(action).value] += 1
    if moment is not None:
        yield moment


def seq_at(image: Image, at: datetime) -> int:
    """Return the image's count of changes at that time."""
    rows = Revision.objects.filter(image=image, created__lte=at).order_by("-seq")
    return rows.values_list("seq", flat=True).first() or 0


def look_at(image: Image, seq: int) -> Look:
    """Return what putting the image back to `seq` would change. Raises ApiError when it never stood there yet."""
    check(image, seq)
    turned = [_turned(one) for one in differences(image, seq)]
    labels = {one.after["label"] for one in turned if one.after and one.after["label"]}
    gone = {label for label in labels if label_now(image.project_id, label) is None}
    unlabelled = sum(bool(one.after) and one.after["label"] in gone for one in turned if one.after)
    return Look(seq, image.annotation_seq, turned, unlabelled)


def check(image: Image, seq: int) -> None:
    """Raise ApiError when the image has never stood at this count of changes, Conflict when it stands there now."""
    if seq > image.annotation_seq:
        sentence = "This image has never been there: its history is shorter. Load the page again."
        raise ApiError("no_such_time", sentence, fields={"seq": [sentence]})
    if seq == image.annotation_seq:
        raise Conflict("is_so_already", "Nothing has changed on this image since then.")


def _turned(one: Difference) -> Difference:
    return Difference(one.id, TURNED[one.change], one.after, one.before, one.iou, one.fields, one.people)


def objects_at(image: Image, seq: int) -> list[tuple[dict[str, Any], str | None]]:
    """Return the objects that stood on the image at a count of changes, lowest first, each with its label's colour."""
    pks = list(Annotation.objects.filter(image=image).values_list("pk", flat=True))
    states = [
        state for rows in revisions_of(pks).values()
        if (state := folded(row for row in rows if row.seq <= seq)) is not None
    ]  # fmt: skip
    colors = {str(pk): color for pk, color in Label.objects.filter(project=image.project_id).values_list("pk", "color")}
    now = {told: label_now(image.project_id, told) for told in {state.get("label") for state in states} if told}
    ordered = sorted(states, key=lambda state: state.get("z_order") or 0)
    return [(state, colors.get(str(now.get(state.get("label") or "")))) for state in ordered]


def people_of(moments: list[Moment]) -> dict[uuid.UUID, User]:
    """Return who is named in moments."""
    return User.objects.in_bulk({moment.actor for moment in moments if moment.actor})

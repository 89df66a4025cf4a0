"""What the review makes of other people's doings: an image that is said to be done is submitted where the project's
rule says so, one that is taken up again is withdrawn, and an accepted one that changes goes back to review."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.models import Revision
from annotator.lib import happenings
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.extensions import save_standing
from annotator.projects.models import Image
from annotator.reviews import triage
from annotator.reviews.choices import Kind, Mode
from annotator.reviews.models import Event, Review, Worker
from annotator.reviews.queries import among_riskiest, rule_of, wants
from annotator.reviews.telling import tell_of
from annotator.reviews.work import is_work


def state_said(image: Image, before: str, actor: User) -> None:
    """Somebody said how far the image is; its row is held."""
    if image.state != ImageState.DONE:
        if image.review in (ReviewState.WAITING, ReviewState.ACCEPTED):
            image.review = ReviewState.NONE
            _let_go(image)
            note(image, Kind.WITHDRAWN, actor)
        return
    if image.review in (ReviewState.WAITING, ReviewState.ACCEPTED):
        return
    rule = rule_of(image.project)
    if wants(rule, image):
        _submit(image, actor)
        return
    image.review = ReviewState.NONE
    if rule.mode == Mode.RISK and image.copy_of_id is None:
        # Looking at every mask takes a while: it is decided when what was said is stored.
        transaction.on_commit(partial(submit_if_risky, image.pk, image.annotation_seq, actor))


def submit_if_risky(image_id: uuid.UUID, seq: int, actor: User) -> None:
    """Look at an image that was said to be done (at its count of changes `seq`), and submit it where it belongs to the
    riskiest of its project. Whatever happened to it since comes first."""
    image = Image.workable.select_related("project").filter(pk=image_id).first()
    if image is None:
        return
    risk, reasons = triage.weigh(image)
    with write_in_turn():
        held = Image.workable.select_for_update().filter(pk=image_id).first()
        if held is None or (held.state, held.review, held.annotation_seq) != (ImageState.DONE, ReviewState.NONE, seq):
            return
        held.project = image.project
        rule, stood = rule_of(held.project), held.standing
        if rule.mode != Mode.RISK:
            return
        if among_riskiest(held.project, held, risk, rule.share):
            _submit(held, actor, looked_at=True)
        else:
            # Remembered all the same: it is what others are compared with.
            values = {"submitted_by": actor, "submitted_at": timezone.now(), "submitted_seq": seq}
            Review.objects.update_or_create(image=held, defaults=values)
        Review.objects.filter(image=held).update(risk=risk, reasons=reasons)
        save_standing(held, stood, actor)


def objects_changed(image: Image, actor: User, revisions: Sequence[Revision]) -> None:
    """Objects of the image changed; its row is held. What was accepted is not what is there any more."""
    if image.review != ReviewState.ACCEPTED or not any(is_work(row.action, row.changes) for row in revisions):
        return
    if rule_of(image.project).mode == Mode.OFF:
        image.review = ReviewState.NONE
        return
    # Who puts objects back to what they were makes nothing of their own that others would have to review.
    own = not all(row.put_back for row in revisions)
    _wait(image, actor if own else (_submitter(image) or actor), changed_after=True)
    note(image, Kind.CHANGED, actor)


def _submitter(image: Image) -> User | None:
    known = Review.objects.filter(image=image).select_related("submitted_by").first()
    return known.submitted_by if known is not None else None


def note(image: Image, kind: Kind, actor: User, *, fixed: bool = False) -> None:
    """Write a step of the image's review down."""
    Event.objects.create(image=image, kind=kind, actor=actor, seq=image.annotation_seq, fixed=fixed)


def _submit(image: Image, actor: User, *, looked_at: bool = False) -> None:
    _wait(image, actor, changed_after=False, looked_at=looked_at)
    note(image, Kind.SUBMITTED, actor)
    tell_of(happenings.Kind.IMAGE_SUBMITTED, image, actor)


def _wait(image: Image, actor: User, *, changed_after: bool, looked_at: bool = False) -> None:
    """Put the image into the line of those that wait for a review."""
    known = Review.objects.filter(image=image).first()
    _note_workers(image, actor, (known.decided_seq or 0) if known else 0)
    image.review = ReviewState.WAITING
    values: dict[str, Any] = {
        "submitted_by": actor, "submitted_at": timezone.now(), "submitted_seq": image.annotation_seq,
        "changed_after": changed_after, "risk": 0.0, "reasons": [], "claimed_by": None, "claimed_until": None,
    }  # fmt: skip
    if known is None:
        Review.objects.create(image=image, **values)
    else:
        Review.objects.filter(image=image).update(turn=F("turn") + 1, **values)
    if not looked_at:
        # Looking at every mask takes a while; nobody else has to stand in line meanwhile.
        transaction.on_commit(partial(triage.look_at, image.pk, image.annotation_seq))


def _note_workers(image: Image, actor: User, after: int) -> None:
    """Remember whose work it is: who changed it after the last decision. A reviewer's mending came before that."""
    people = {actor.pk}
    rows = Revision.objects.filter(image=image, seq__gt=after, put_back=False).exclude(actor=None)
    for person, action, key, changes in rows.values_list("actor", "action", "key", "changes").iterator():
        merged = key is None and set(changes) == {"label"}
        if person not in people and not merged and is_work(action, changes):
            people.add(person)
    Worker.objects.bulk_create([Worker(image=image, user_id=pk) for pk in people], ignore_conflicts=True)


def _let_go(image: Image) -> None:
    Review.objects.filter(image=image).update(claimed_by=None, claimed_until=None, turn=F("turn") + 1)

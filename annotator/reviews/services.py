"""Verbs of those who review. Who may is decided before (accounts.access); every decision holds the image's row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.choices import Status
from annotator.annotations.editing import Editing
from annotator.annotations.models import Annotation, Revision
from annotator.lib import happenings
from annotator.lib.errors import ApiError, Conflict, Forbidden, NotFound
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.extensions import save_standing
from annotator.projects.models import Image, Project
from annotator.projects.telling import tell_changes
from annotator.reviews import claims, discussion
from annotator.reviews.choices import Kind
from annotator.reviews.following import note
from annotator.reviews.models import Review, Rule, Thread
from annotator.reviews.queries import holder
from annotator.reviews.telling import tell_of
from annotator.reviews.work import is_work

DECIDED = {
    ReviewState.ACCEPTED: "{} accepted this image meanwhile.",
    ReviewState.RETURNED: "{} returned this image meanwhile.",
}


def set_rule(project: Project, values: dict[str, Any], by: User | None = None) -> Rule:
    """Change the project's rule. Images that wait go on waiting; the new rule is for what is done from now on."""
    with transaction.atomic():
        known = Rule.objects.filter(project=project).first() or Rule(project=project)
        before = {name: getattr(known, name) for name in values}
        rule, _ = Rule.objects.update_or_create(project=project, defaults=values)
        tell_changes(project, happenings.Kind.REVIEW_RULE, by, before, values)
    project.__dict__.pop("_review_rule", None)
    return rule


def accept(image: Image, actor: User, seq: int) -> None:
    """Accept what the image showed at its count of changes `seq`; its open objects are approved with it."""
    with _decision(image, actor, seq) as held:
        fixed = _mended(held, actor)
        _approve(held, actor)
        held.review, held.state = ReviewState.ACCEPTED, ImageState.DONE
        _decide(held, Kind.ACCEPTED, actor, fixed=fixed)
        tell_of(happenings.Kind.IMAGE_ACCEPTED, held, actor)


def send_back(image: Image, actor: User, seq: int, text: str) -> None:
    """Return the image to who submitted it. Raises ApiError when nothing says what to change: neither `text`, which
    becomes a comment on the image, nor an open comment."""
    with _decision(image, actor, seq) as held:
        if text:
            discussion.open_thread(held, actor, text)
        elif not Thread.objects.filter(image=held, resolved_at=None).exists():
            sentence = "Say what to change: write a few words, or leave a comment on the image."
            raise ApiError("nothing_said", sentence, fields={"text": [sentence]})
        held.review, held.state = ReviewState.RETURNED, ImageState.IN_PROGRESS
        _decide(held, Kind.RETURNED, actor)
        whose = [pk for pk in Review.objects.filter(image=held).values_list("submitted_by", flat=True) if pk]
        tell_of(happenings.Kind.IMAGE_RETURNED, held, actor, whose, text=text)


def reopen(image: Image, actor: User) -> None:
    """Take a decision back: the image waits for a review again. Objects that were approved stay so."""
    with write_in_turn():
        held = _held(image)
        if held.review not in DECIDED:
            raise Conflict("not_decided", "Nothing was decided on this image that could be taken back.")
        stood = held.standing
        held.review, held.state = ReviewState.WAITING, ImageState.DONE
        Review.objects.filter(image=held).update(turn=F("turn") + 1)
        note(held, Kind.REOPENED, actor)
        save_standing(held, stood, actor)


@contextmanager
def _decision(image: Image, actor: User, seq: int) -> Iterator[Image]:
    """Hold the image while something is decided on it, and write what was. Raises Conflict when the image is not what
    the person saw, or somebody else's to decide on, and Forbidden for one's own work."""
    with write_in_turn():
        held = _held(image)
        if held.review != ReviewState.WAITING:
            raise _not_waiting(held)
        if sentence := claims.may_decide(held, actor):
            raise Forbidden(sentence)
        if (other := holder(held)) not in (None, actor):
            raise claims.in_other_hands(other)
        if held.annotation_seq != seq:
            raise Conflict(
                "changed_meanwhile", "Objects changed since you looked at this image. Look at it again, then decide."
            )
        stood = held.standing
        yield held
        save_standing(held, stood, actor)


def _held(image: Image) -> Image:
    row = Image.workable.select_for_update().filter(pk=image.pk).first()
    if row is None:
        raise NotFound("image")
    row.project = image.project
    return row


def _not_waiting(image: Image) -> Conflict:
    words = DECIDED.get(ReviewState(image.review), "This image does not wait for a review; it was taken up again.")
    row = Review.objects.filter(image=image).select_related("decided_by").first()
    who = row.decided_by.name if row is not None and row.decided_by else "Somebody"
    return Conflict("not_in_review", words.format(who))


def _mended(image: Image, actor: User) -> bool:
    """Tell whether the reviewer changed something themselves since the image was submitted."""
    row = Review.objects.get(image=image)
    rows = Revision.objects.filter(image=image, actor=actor, seq__gt=row.submitted_seq)
    return any(is_work(action, changes) for action, changes in rows.values_list("action", "changes"))


def _approve(image: Image, actor: User) -> None:
    rows = Annotation.objects.filter(image=image, deleted_at=None, status=Status.OPEN)
    wanted = list(rows.values_list("pk", "revision"))
    if not wanted:
        return
    editing = Editing(image, actor)
    editing.look_up([pk for pk, _ in wanted], [])
    for pk, revision in wanted:
        editing.update(pk, revision, {"status": Status.APPROVED.value})
    image.annotation_seq = editing.finish()


def _decide(image: Image, kind: Kind, actor: User, *, fixed: bool = False) -> None:
    Review.objects.filter(image=image).update(
        decided_by=actor, decided_at=timezone.now(), decided_seq=image.annotation_seq, changed_after=False,
        claimed_by=None, claimed_until=None, turn=F("turn") + 1,
    )  # fmt: skip
    note(image, kind, actor, fixed=fixed)

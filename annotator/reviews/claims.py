"""Who looks at what: an image is in one reviewer's hands at a time, for a while that is renewed as they look.

Taking is a conditional UPDATE of the row's turn, so that two never get the same image on any database; PostgreSQL also
passes over rows that somebody is just taking, so that nobody waits.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib.claims import claim_one
from annotator.lib.errors import Conflict, Forbidden
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ReviewState
from annotator.projects.models import Image, Project
from annotator.reviews.choices import Order
from annotator.reviews.models import Review, Worker
from annotator.reviews.queries import ORDERS, holder, holding, is_own, rule_of, waiting_in

LEASE = timedelta(minutes=15)
"""So long an image stays with a reviewer who does nothing; the editor renews it while it is open."""


def claim(image: Image, actor: User) -> Review:
    """Take an image that waits, or go on holding it. Raises Conflict when it does not wait or somebody else has it, and
    Forbidden for one's own work."""
    if sentence := may_decide(image, actor):
        raise Forbidden(sentence)
    with write_in_turn():
        row = Review.objects.filter(image=image, image__review=ReviewState.WAITING).first()
        if row is None:
            raise Conflict("not_in_review", "This image does not wait for a review (any more).")
        if (other := holder(image)) not in (None, actor) or not _take(row, actor):
            raise in_other_hands(other or holder(image))
    return Review.objects.select_related("claimed_by", "submitted_by", "decided_by").get(pk=row.pk)


def release(image: Image, actor: User) -> None:
    """Give the image back; nothing when one does not hold it."""
    Review.objects.filter(image=image, claimed_by=actor).update(claimed_by=None, claimed_until=None, turn=F("turn") + 1)


def claim_next(project: Project, actor: User, order: Order) -> Review | None:
    """Take the next image this person may review, None when there is none. One they hold already comes first."""
    with write_in_turn():
        mine = waiting_in(project).filter(holding(), claimed_by=actor).order_by(*ORDERS[order]).first()
        if mine is not None and _take(mine, actor):
            return mine
        while True:
            row = _unlocked(open_to(project, actor)).order_by(*ORDERS[order]).first()
            if row is None or _take(row, actor):
                return row


def open_to(project: Project, actor: User) -> QuerySet[Review]:
    """Return what waits, is in nobody's hands, and is not this person's own work where the rule minds that."""
    rows = waiting_in(project).exclude(holding())
    if not rule_of(project).own_work:
        rows = rows.exclude(pk__in=Worker.objects.filter(user=actor, image__project=project).values("image"))
    return rows


def in_other_hands(person: User | None) -> Conflict:
    """Return what somebody is told who wants an image that another reviewer has."""
    who = person.name if person else "Somebody else"
    return Conflict("in_other_hands", f"{who} is reviewing this image at the moment. Take the next one.")


def may_decide(image: Image, actor: User) -> str:
    """Return "" when this person may decide on the image, otherwise the sentence why not."""
    if is_own(image, actor) and not rule_of(image.project).own_work:
        return (
            "You made or changed objects on this image, and nobody reviews their own work here: another reviewer "
            "decides. An owner or manager can allow it in the project's settings, under Review."
        )
    return ""


def _take(row: Review, actor: User) -> bool:
    until = timezone.now() + LEASE
    rows = Review.objects.filter(pk=row.pk, turn=row.turn)
    return claim_one(rows, turn=F("turn") + 1, claimed_by=actor, claimed_until=until)


def _unlocked(rows: QuerySet[Review]) -> QuerySet[Review]:
    if not connection.features.has_select_for_update_skip_locked:
        return rows
    return rows.select_for_update(skip_locked=True, of=("self",))

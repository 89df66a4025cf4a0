"""Reading reviews, and who may."""

from __future__ import annotations

import hashlib
import math
import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotator.accounts.access import Person, Right, roles_with
from annotator.accounts.models import User
from annotator.projects.choices import ReviewState
from annotator.projects.models import Image, Membership, Project
from annotator.projects.queries import get_on_image_for, images_for
from annotator.reviews.choices import Mode, Order
from annotator.reviews.models import Comment, Review, Rule, Thread, Worker

REVIEWERS = roles_with(Right.REVIEW)
ORDERS = {Order.OLDEST: ("submitted_at", "image_id"), Order.RISK: ("-risk", "submitted_at", "image_id")}


def rule_of(project: Project) -> Rule:
    """Return the project's rule; one that nobody has set is off. Asked once per project object."""
    known = project.__dict__.get("_review_rule")
    if known is None:
        known = Rule.objects.filter(project=project).first() or Rule(project=project)
        project.__dict__["_review_rule"] = known
    rule: Rule = known
    return rule


def drawn(image_id: uuid.UUID, share: int) -> bool:
    """Tell whether an image is in the random share (per cent). It follows from the image's id alone, so it is the same
    each time, and who asks for a larger share keeps those of the smaller one."""
    digest = hashlib.sha256(image_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") % 100 < share


def wants(rule: Rule, image: Image) -> bool:
    """Tell whether the rule has this image reviewed when it is done. Copies are not: what is merged of them is."""
    if image.copy_of_id is not None:
        return False
    if rule.mode == Mode.SHARE:
        return image.review != ReviewState.NONE or drawn(image.pk, rule.share)
    return rule.mode == Mode.ALL or (rule.mode == Mode.RISK and image.review != ReviewState.NONE)


def among_riskiest(project: Project, image: Image, risk: float, share: int) -> bool:
    """Tell whether a finished image belongs to the riskiest `share` per cent: of the `COMPARED` that were looked at
    last, so many at most are riskier. Of those that are as risky the images' ids draw. While fewer than `KNOWN` were
    looked at, nobody knows what is usual, and all are."""
    rows = Review.objects.filter(image__project=project).exclude(image=image).order_by("-submitted_at", "image_id")
    risks = list(rows.values_list("risk", flat=True)[:COMPARED])
    if len(risks) < KNOWN:
        return True
    riskier, alike = sum(one > risk for one in risks), sum(one == risk for one in risks) + 1
    left = (len(risks) + 1) * share / 100 - riskier
    return left > 0 and drawn(image.pk, math.ceil(100 * left / alike))


COMPARED, KNOWN = 200, 10
"""Images of the project whose risk is compared with, and how many there have to be."""


def waiting_in(project: Project) -> QuerySet[Review]:
    """Return what waits for a review, with what a list shows of it."""
    rows = Review.objects.filter(image__project=project, image__review=ReviewState.WAITING, image__deleted_at=None)
    return rows.select_related("image", "submitted_by", "decided_by", "claimed_by")


def holding() -> Q:
    """What says of a review that somebody holds it: the time has not run out, and the person may still review."""
    members = Membership.objects.filter(
        project=OuterRef("image__project"), user=OuterRef("claimed_by"), role__in=REVIEWERS, user__is_active=True
    )
    return Q(claimed_until__gt=timezone.now()) & Q(Exists(members))


def holder(image: Image) -> User | None:
    """Return who holds the image's review, or None."""
    row = Review.objects.filter(holding(), image=image).select_related("claimed_by").first()
    return row.claimed_by if row is not None else None


def is_own(image: Image, user: Person) -> bool:
    """Tell whether what the image shows is this person's own work."""
    return user.pk is not None and Worker.objects.filter(image=image, user_id=user.pk).exists()


def returned_to(user: User, project: Project) -> QuerySet[Image]:
    """Return the images that were sent back to this person, and those whose person has left; the oldest first."""
    still = Membership.objects.filter(project=project, user=OuterRef("review_row__submitted_by"), user__is_active=True)
    rows = images_for(user, project).filter(
        Q(review_row__submitted_by=user) | ~Exists(still), review=ReviewState.RETURNED
    )
    return rows.order_by("review_row__decided_at", "pk")


def get_thread_for(user: Person, pk: uuid.UUID, right: Right) -> Thread:
    """Return a thread with its image and project. Raises NotFound and Forbidden."""
    rows = Thread.objects.filter(image__deleted_at=None).select_related("image__project")
    return get_on_image_for(user, rows, pk, right, lambda row: row.image, "comment")


def get_comment_for(user: Person, pk: uuid.UUID, right: Right) -> Comment:
    """Return a comment with its thread, image and project. Raises NotFound and Forbidden."""
    rows = Comment.objects.filter(thread__image__deleted_at=None).select_related("thread__image__project")
    return get_on_image_for(user, rows, pk, right, lambda row: row.thread.image, "comment")

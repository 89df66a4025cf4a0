"""What happened, told to whoever above wants to know: notices, webhooks, the project's log.

An app that does something tells it here in the transaction that does it; who follows writes its rows in the same
transaction, so nothing is told that did not happen, and nothing is lost that did.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can happen; `about` says of what, in plain JSON."""

    JOBS_ASSIGNED = "jobs.assigned"
    IMAGE_SUBMITTED = "image.submitted"
    IMAGE_ACCEPTED = "image.accepted"
    IMAGE_RETURNED = "image.returned"
    MENTIONED = "mentioned"
    RUN_SUCCEEDED = "run.succeeded"
    RUN_FAILED = "run.failed"
    MEMBER_ADDED = "member.added"
    MEMBER_JOINED = "member.joined"
    MEMBER_ROLE = "member.role"
    MEMBER_REMOVED = "member.removed"
    TEAM_ADDED = "team.added"
    TEAM_ROLE = "team.role"
    TEAM_REMOVED = "team.removed"
    INVITATION_MADE = "invitation.made"
    INVITATION_REVOKED = "invitation.revoked"
    PROJECT_CHANGED = "project.changed"
    REVIEW_RULE = "review.rule"
    LABEL_ADDED = "label.added"
    LABEL_CHANGED = "label.changed"
    LABEL_DELETED = "label.deleted"
    LABEL_MERGED = "label.merged"
    LABEL_UNMERGED = "label.unmerged"
    MODEL_CHANGED = "model.changed"
    MODEL_PROMOTED = "model.promoted"
    MODEL_ROLLED_BACK = "model.rolled_back"
    RETRAIN_RULE = "retrain.rule"
    PRIVACY_RULE = "privacy.rule"
    REGION_COVERED = "privacy.covered"
    REGION_TAKEN_BACK = "privacy.taken_back"
    FACES_COVERED = "privacy.faces"
    ORIGINALS_DELETED = "privacy.originals_deleted"
    IMAGE_DELETED = "image.deleted"
    IMAGE_RESTORED = "image.restored"
    IMAGES_DELETED = "images.deleted"
    IMAGES_RESTORED = "images.restored"
    BIN_EMPTIED = "bin.emptied"
    IMAGE_PUT_BACK = "image.put_back"
    PUT_BACK_UNDONE = "image.put_back_undone"
    WORK_UNDONE = "work.undone"
    WORK_RESTORED = "work.restored"
    MERGING_WAITS = "merging.waits"
    COPIES_MERGED = "copies.merged"
    COPIES_UNMERGED = "copies.unmerged"
    GOLD_MARKED = "gold.marked"
    GOLD_UNMARKED = "gold.unmarked"
    GOLD_RULE = "gold.rule"
    AUDIT_DRAWN = "audit.drawn"
    AUDIT_TAKEN = "audit.taken"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_DELETED = "webhook.deleted"


@dataclass(frozen=True, slots=True)
class Happening:
    """`people` are those whom it concerns before others; `image` is the id of the image it is about."""

    kind: Kind
    project: uuid.UUID | None
    actor: uuid.UUID | None
    about: dict[str, Any] = field(default_factory=dict)
    people: Sequence[uuid.UUID] = ()
    image: uuid.UUID | None = None


Follower = Callable[[Happening], None]
_FOLLOWERS: list[Follower] = []


def follow(follower: Follower) -> None:
    """Add a function that hears of everything, in its transaction. What it raises undoes what happened."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def tell(happening: Happening) -> None:
    """Tell those who follow."""
    for follower in _FOLLOWERS:
        follower(happening)

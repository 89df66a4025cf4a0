"""What stands in the log, by what it is about."""

from __future__ import annotations

from django.db import models

from annotator.lib.happenings import Kind


class Topic(models.TextChoices):
    """What an entry is about."""

    MEMBERS = "members", "Members"
    SETTINGS = "settings", "Settings"
    LABELS = "labels", "Labels"
    IMAGES = "images", "Images"
    MODEL = "model", "Model"
    EXPORTS = "exports", "Exports"


TOPICS: dict[Topic, tuple[Kind, ...]] = {
    Topic.MEMBERS: (
        Kind.MEMBER_ADDED,
        Kind.MEMBER_JOINED,
        Kind.MEMBER_ROLE,
        Kind.MEMBER_REMOVED,
        Kind.TEAM_ADDED,
        Kind.TEAM_ROLE,
        Kind.TEAM_REMOVED,
        Kind.INVITATION_MADE,
        Kind.INVITATION_REVOKED,
    ),
    Topic.SETTINGS: (
        Kind.PROJECT_CHANGED,
        Kind.REVIEW_RULE,
        Kind.GOLD_RULE,
        Kind.PRIVACY_RULE,
        Kind.WEBHOOK_ADDED,
        Kind.WEBHOOK_CHANGED,
        Kind.WEBHOOK_DELETED,
    ),
    Topic.LABELS: (
        Kind.LABEL_ADDED,
        Kind.LABEL_CHANGED,
        Kind.LABEL_DELETED,
        Kind.LABEL_MERGED,
        Kind.LABEL_UNMERGED,
    ),
    Topic.IMAGES: (
        Kind.IMAGE_DELETED,
        Kind.IMAGE_RESTORED,
        Kind.IMAGES_DELETED,
        Kind.IMAGES_RESTORED,
        Kind.BIN_EMPTIED,
        Kind.IMAGE_PUT_BACK,
        Kind.PUT_BACK_UNDONE,
        Kind.WORK_UNDONE,
        Kind.WORK_RESTORED,
        Kind.COPIES_MERGED,
        Kind.COPIES_UNMERGED,
        Kind.AUDIT_DRAWN,
        Kind.AUDIT_TAKEN,
        Kind.GOLD_MARKED,
        Kind.GOLD_UNMARKED,
        Kind.REGION_COVERED,
        Kind.REGION_TAKEN_BACK,
        Kind.FACES_COVERED,
        Kind.ORIGINALS_DELETED,
    ),
    Topic.MODEL: (Kind.MODEL_CHANGED, Kind.MODEL_PROMOTED, Kind.MODEL_ROLLED_BACK, Kind.RETRAIN_RULE),
    Topic.EXPORTS: (Kind.RUN_SUCCEEDED,),
}
KEPT = frozenset(kind for kinds in TOPICS.values() for kind in kinds)

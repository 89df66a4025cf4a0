"""Objects on images, every change that was made to them, labels that were merged, and who has an image open."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.annotations.choices import Action, Stage, Status

MAX_ABS_ORDER = 2**31 - 1


class Annotation(models.Model):
    """One object. Its box and area are always those of its run lengths. Deleted rows stay, so that they can return."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="annotations")
    label = models.ForeignKey("projects.Label", on_delete=models.SET_NULL, null=True, related_name="annotations")
    rle: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    bbox: models.JSONField[list[int], list[int]] = models.JSONField()
    area = models.PositiveBigIntegerField()
    attributes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.ASSISTED_MANUAL)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.OPEN)
    prompts: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    shape: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    model_version = models.ForeignKey(
        "inference.ModelVersion", on_delete=models.PROTECT, null=True, related_name="annotations"
    )
    predicted_iou = models.FloatField(null=True)
    stability_score = models.FloatField(null=True)
    seconds = models.FloatField(default=0.0)
    clicks = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    z_order = models.IntegerField(default=0)
    locked = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    seq = models.PositiveBigIntegerField(help_text="The image's count of changes when this row last changed.")
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["z_order", "created", "id"]
        constraints = [
            models.UniqueConstraint(fields=["image", "seq"], name="annotation_seq_once_per_image"),
            models.CheckConstraint(condition=models.Q(area__gt=0), name="annotation_has_pixels"),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="annotation_stage_known"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="annotation_status_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Merge(models.Model):
    """A label that was merged into another one: with the revisions that name this row, all that brings it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    label: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        help_text="Every column of the label that went."
    )
    into = models.UUIDField(help_text="The label that stayed; by now it may be gone.")
    into_name = models.CharField(max_length=100)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    undone = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created", "id"]

    def __str__(self) -> str:
        return f"{self.label['name']} into {self.into_name}"


class Revision(models.Model):
    """One change of an annotation. `changes` holds the new value of each field that changed, so the rows of an
    annotation, folded in order, give every state it ever had. `key` is the client's key for the operation: an
    operation that arrives again finds its row here and does nothing. `merge` is set where no person named this object,
    but its label was merged, or came back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="revisions")
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    seq = models.PositiveBigIntegerField()
    action = models.CharField(max_length=8, choices=Action.choices)
    key = models.UUIDField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    changes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created = models.DateTimeField(default=timezone.now)
    merge = models.ForeignKey(Merge, on_delete=models.SET_NULL, null=True, db_index=False, related_name="revisions")
    put_back = models.BooleanField(
        default=False, db_default=False, help_text="The object was put back to what it had been: nobody's own work."
    )

    class Meta:
        ordering = ["revision"]
        indexes = [
            models.Index(fields=["merge"], condition=models.Q(merge__isnull=False), name="revision_of_merge"),
            models.Index(fields=["created"], name="revision_created"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["annotation", "revision"], name="revision_once_per_annotation"),
            models.UniqueConstraint(fields=["image", "key"], name="operation_once_per_image"),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id} r{self.revision}"


class Presence(models.Model):
    """A browser tab that has an image open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client = models.CharField(max_length=64)
    seen = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seen", "id"]
        constraints = [models.UniqueConstraint(fields=["image", "user", "client"], name="presence_once_per_tab")]

    def __str__(self) -> str:
        return self.client

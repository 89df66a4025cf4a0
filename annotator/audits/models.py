"""An audit, and the masks drawn for it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.projects.models import Image, Project

WHO = settings.AUTH_USER_MODEL


class Audit(models.Model):
    """A sample of a project's masks, to be corrected by people who do not see whose they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="audits")
    number = models.PositiveIntegerField(help_text="What people call it by in its project.")
    seed = models.PositiveBigIntegerField(help_text="Of the draw.")
    by_label = models.BooleanField(default=False, help_text="Each label has its share of the sample.")
    population = models.PositiveIntegerField(help_text="Masks that could be drawn.")
    created_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    closed = models.DateTimeField(null=True, help_text="Nobody judges any more; the copies are gone.")

    class Meta:
        ordering = ["-created", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="audit_number_once_per_project")]

    def __str__(self) -> str:
        return f"Audit {self.number}"


class AuditMask(models.Model):
    """A drawn mask as it was, and what became of it. `annotation` may be gone by now: what is judged is what was drawn.

    `twin` is the object on the copy that is corrected; `seq` is the copy's count of changes when it was judged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="masks")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    copy = models.ForeignKey(Image, on_delete=models.SET_NULL, null=True, related_name="audited")
    annotation = models.UUIDField(db_index=True)
    revision = models.PositiveIntegerField(help_text="Of the object when it was drawn.")
    twin = models.UUIDField()
    label = models.CharField(max_length=100, blank=True)
    rle: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    author = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(
        WHO, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Who judged it, or is to."
    )
    seq = models.PositiveBigIntegerField(null=True)
    iou = models.FloatField(null=True, help_text="With what it was corrected to; 0: removed; null: not judged.")
    corrected: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    own = models.BooleanField(default=False, help_text="Corrected by who made it, so it does not count.")
    taken = models.DateTimeField(null=True, help_text="The correction became the object's mask.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "annotation"], name="audit_mask_once"),
            models.CheckConstraint(condition=models.Q(iou=None) | models.Q(iou__range=(0, 1)), name="audit_iou_share"),
        ]

    def __str__(self) -> str:
        return f"{self.annotation} in {self.audit_id}"

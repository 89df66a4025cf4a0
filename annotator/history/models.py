"""What was put back, and all that takes that back in turn."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.history.choices import What

WHO = settings.AUTH_USER_MODEL


class Act(models.Model):
    """An image that was put back to an earlier time, or one person's work of a time that was undone in a project.

    `result` says what that changed, `restored` what undoing it did; both are empty until then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What.choices)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, null=True, related_name="+")
    seq = models.PositiveBigIntegerField(null=True, help_text="The image's count of changes that it was put back to.")
    person = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    person_name = models.CharField(max_length=310, blank=True, default="", help_text="As the person was called then.")
    since = models.DateTimeField(null=True, help_text="The beginning of the time, included.")
    until = models.DateTimeField(null=True, help_text="Its end, not included; of an image: what it was put back to.")
    actor = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    undone = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    restored: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    undo_run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="act_of_project")]
        constraints = [models.CheckConstraint(condition=models.Q(what__in=What.values), name="act_what_known")]

    def __str__(self) -> str:
        return f"{self.what} {self.created:%Y-%m-%d}"


class Step(models.Model):
    """One object that an act changed: its revision before, and after. Written with the change."""

    id = models.BigAutoField(primary_key=True)
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="steps")
    annotation = models.ForeignKey("annotations.Annotation", on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    change = models.CharField(max_length=8, help_text="What became of the object: added, removed, changed.")
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["act", "annotation"], name="step_once_per_object")]

    def __str__(self) -> str:
        return f"{self.annotation_id} {self.before}–{self.after}"

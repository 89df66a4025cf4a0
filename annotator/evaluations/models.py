"""What models scored on a project's masks, and drawn answers to look at."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models


class Evaluation(models.Model):
    """One model version, measured once. `summary` is what `python -m sam_backend evaluate` writes.

    `model_name` stays readable when the model version is removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="evaluations")
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.ForeignKey(
        "inference.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="evaluations"
    )
    model_name = models.CharField(max_length=160)
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    summary: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    images = models.PositiveIntegerField(help_text="Pictures whose masks were measured.")
    own_masks = models.PositiveIntegerField(default=0, help_text="Masks that were made with this very model.")
    seconds = models.FloatField(default=0.0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="evaluation_of_project")]
        constraints = [models.UniqueConstraint(fields=["run", "model_version"], name="evaluation_once_per_run")]

    def __str__(self) -> str:
        return f"{self.model_name} on {self.project_id}"


class Example(models.Model):
    """A drawn answer to one click. It shows the image, so it goes when the image goes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="examples")
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField(help_text="Among those that are kept; 0 = the best answer.")
    best = models.BooleanField(help_text="From the best end of the ranking; the others are from the worst.")
    iou = models.FloatField()
    label = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of the JPEG.")

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["evaluation", "rank"], name="example_once_per_rank")]

    def __str__(self) -> str:
        return f"{self.iou:.2f} {self.label}"

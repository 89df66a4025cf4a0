"""What a project searches with, and what was searched."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class AutomaskSettings(models.Model):
    """How a project wants its suggestions: generation parameters and what the editor shows first."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="+")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"settings of {self.project_id}"


class Preview(models.Model):
    """Everything the decoder gave on one image, with scores and before any threshold, to try thresholds on.

    It can be had again at any time, so it keeps no model version from being removed."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="+")
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.CASCADE, related_name="+")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(help_text="What was searched.")
    size: models.JSONField[list[int], list[int]] = models.JSONField(help_text="[height, width] of the small masks.")
    candidates: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    created = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{len(self.candidates)} candidates on {self.image_id}"


class Search(models.Model):
    """One image searched by one run: also the mark that lets a run which was interrupted go on where it stopped. What
    came in with a data set names no model version, and counts as no search of the whole image."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="searches")
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    found = models.PositiveIntegerField(help_text="Masks the generator gave.")
    kept = models.PositiveIntegerField(help_text="Those that became suggestions.")
    seconds = models.FloatField(default=0.0)
    problem = models.CharField(max_length=300, blank=True, help_text="Why the image could not be searched.")
    complete = models.BooleanField(default=True, help_text="False while, or since, only part of the grid was searched.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        constraints = [models.UniqueConstraint(fields=["image", "run"], name="search_once_per_image_and_run")]

    def __str__(self) -> str:
        return f"{self.kept} of {self.found} on {self.image_id}"

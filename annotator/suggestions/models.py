"""What automatic mask generation found on images. Kept apart from annotations: nothing here was accepted by anybody."""
from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.suggestions.choices import State


class AutomaskSettings(models.Model):
    """How a project wants its suggestions: generation parameters and what the editor shows first."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="+")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"settings of {self.project_id}"


class Preview(models.Model):
    """Everything the decoder gave on one image, with scores and before any threshold, to try thresholds on."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="+")
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.PROTECT, related_name="+")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(help_text="What was searched.")
    size: models.JSONField[list[int], list[int]] = models.JSONField(help_text="[height, width] of the small masks.")
    candidates: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    created = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{len(self.candidates)} candidates on {self.image_id}"


class Sweep(models.Model):
    """One image searched by one run: also the mark that lets a run which was interrupted go on where it stopped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="sweeps")
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.PROTECT, related_name="+")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    found = models.PositiveIntegerField(help_text="Masks the generator gave.")
    kept = models.PositiveIntegerField(help_text="Those that became suggestions.")
    seconds = models.FloatField(default=0.0)
    problem = models.CharField(max_length=300, blank=True, help_text="Why the image could not be searched.")
    complete = models.BooleanField(default=True, help_text="False while, or since, only part of the grid was searched.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        constraints = [models.UniqueConstraint(fields=["image", "run"], name="sweep_once_per_image_and_run")]

    def __str__(self) -> str:
        return f"{self.kept} of {self.found} on {self.image_id}"


class Suggestion(models.Model):
    """A proposed mask with its SA-1B fields. `parent` is the smallest suggestion that contains it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="suggestions")
    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="suggestions")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField(help_text="0 is shown first.")
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="parts")
    rle: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    bbox: models.JSONField[list[int], list[int]] = models.JSONField()
    area = models.PositiveBigIntegerField()
    predicted_iou = models.FloatField()
    stability_score = models.FloatField()
    point: models.JSONField[list[float], list[float]] = models.JSONField()
    crop_box: models.JSONField[list[int], list[int]] = models.JSONField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    annotation = models.ForeignKey(
        "annotations.Annotation", on_delete=models.SET_NULL, null=True, related_name="suggestions"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["rank", "id"]
        indexes = [models.Index(fields=["image", "state", "rank"], name="suggestion_next")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="suggestion_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class MaskVector(models.Model):
    """What an accepted mask looks like to an encoder, as of a revision (see proposals.py)."""

    annotation = models.ForeignKey("annotations.Annotation", on_delete=models.CASCADE, related_name="vectors")
    encoder_sha256 = models.CharField(max_length=64)
    revision = models.PositiveIntegerField()
    vector = models.BinaryField(help_text="float16, a description of sam_backend.similarity")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "encoder_sha256"], name="mask_vector_once_per_encoder"),
        ]

    def __str__(self) -> str:
        return f"vector of {self.annotation_id}"


# Their tables belong to this app; Django looks for models here.
from annotator.suggestions.propagation.models import Carried, Trail  # noqa: E402, F401

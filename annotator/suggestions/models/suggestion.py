"""Proposed masks, kept apart from annotations: nothing here was accepted by anybody."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.suggestions.choices import State
from annotator.suggestions.known import Found
from annotator.suggestions.models.search import Search
from export import rle
from export.rle import Box


class Suggestion(models.Model):
    """A proposed mask with its SA-1B fields. `parent` is the smallest suggestion that contains it. One that came in
    with a data set names no model version; `label` is what the file calls it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="suggestions")
    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="suggestions")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+")
    label = models.ForeignKey("projects.Label", on_delete=models.SET_NULL, null=True, related_name="+")
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

    @classmethod
    def of(
        cls, search: Search, rank: int, found: Found, *,
        area: int | None = None, box: Box | None = None, label: uuid.UUID | None = None,
    ) -> Suggestion:  # fmt: skip
        """Return an unsaved suggestion of a mask on the image that was searched; `area` and `box` where they are
        known already."""
        return cls(
            image=search.image, search=search, model_version=search.model_version, rank=rank, label_id=label,
            rle=found.rle.to_json(), bbox=list(box or rle.bbox(found.rle)),
            area=rle.area(found.rle) if area is None else area,
            predicted_iou=found.predicted_iou, stability_score=found.stability_score,
            point=list(found.point), crop_box=list(found.crop_box),
        )  # fmt: skip


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

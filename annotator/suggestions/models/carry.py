"""What a run that carries objects along the images has to remember."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class Trail(models.Model):
    """One object on its way through a run: where it was last found, so that an interrupted run goes on from there.

    It begins as an object that somebody drew (`source`), or where somebody only pointed at it (`prompts`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.ForeignKey("annotations.Annotation", on_delete=models.CASCADE, null=True, related_name="trails")
    label = models.ForeignKey(
        "projects.Label", on_delete=models.SET_NULL, null=True, related_name="+",
        help_text="Of one without a source, which has its own.",
    )  # fmt: skip
    prompts: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list,
        help_text="Of one without a source: image, points [{x, y, label}] and box [x0, y0, x1, y1] or null, in image "
        "pixels; the first where it begins.",
    )
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+", help_text="Last found in.")
    track = models.PositiveBigIntegerField(null=True, help_text="The same object on other images has the same number.")
    step = models.PositiveIntegerField(default=0, help_text="Images after the first that were passed; 0 = none yet.")
    rle: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(help_text="Its mask in that image.")
    lost_in = models.ForeignKey("projects.Image", on_delete=models.SET_NULL, null=True, related_name="+")
    confidence = models.FloatField(null=True, help_text="Of the last answer, sure or not.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it went no further; blank = it goes on.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "source"], name="trail_once_per_run_and_object")]

    def __str__(self) -> str:
        return f"{self.source_id or 'prompts'} after {self.step}"

    @property
    def proposed(self) -> uuid.UUID | None:
        """The label that what is found gets: the one its object has now, or that was asked for."""
        return self.label_id if self.source is None else self.source.label_id


class Carried(models.Model):
    """Where a suggestion was carried from, and how sure that was (sam_backend.propagate)."""

    suggestion = models.OneToOneField(
        "suggestions.Suggestion", on_delete=models.CASCADE, primary_key=True, related_name="carried"
    )
    trail = models.ForeignKey(Trail, on_delete=models.CASCADE, related_name="carried")
    step = models.PositiveIntegerField(help_text="1 = the image after the object's own; 0 = where it was pointed at.")
    confidence = models.FloatField()
    overlap = models.FloatField(help_text="IoU with the mask in the image before.")
    likeness = models.FloatField(help_text="Cosine of the mean embeddings.")

    def __str__(self) -> str:
        return f"{self.suggestion_id} from {self.trail_id}"

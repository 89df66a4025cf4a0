"""What a run that carries objects along the images has to remember."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class Trail(models.Model):
    """One object on its way through a run: where it was last found, so that an interrupted run goes on from there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.ForeignKey("annotations.Annotation", on_delete=models.CASCADE, related_name="trails")
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
        return f"{self.source_id} after {self.step}"


class Carried(models.Model):
    """Where a suggestion was carried from, and how sure that was (sam_backend.propagate)."""

    suggestion = models.OneToOneField(
        "suggestions.Suggestion", on_delete=models.CASCADE, primary_key=True, related_name="carried"
    )
    trail = models.ForeignKey(Trail, on_delete=models.CASCADE, related_name="carried")
    step = models.PositiveIntegerField(help_text="1 = the image after the object's own.")
    confidence = models.FloatField()
    overlap = models.FloatField(help_text="IoU with the mask in the image before.")
    likeness = models.FloatField(help_text="Cosine of the mean embeddings.")

    def __str__(self) -> str:
        return f"{self.suggestion_id} from {self.trail_id}"

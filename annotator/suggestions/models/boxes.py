"""A detector's boxes, and the masks a run makes of them."""

from __future__ import annotations

from typing import Any

from django.db import models


class BoxPrompts(models.Model):
    """The boxes that one run turns into masks."""

    run = models.OneToOneField("runs.Run", on_delete=models.CASCADE, primary_key=True, related_name="box_prompts")
    as_file = models.BooleanField(
        default=False, help_text="Masks are kept to be downloaded; else they are suggestions."
    )
    boxes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        help_text="By image: what annotator.suggestions.boxes.reading.Box holds, in the order they came."
    )

    def __str__(self) -> str:
        return f"boxes of {self.run_id}"


class BoxMask(models.Model):
    """The mask of one box of a run whose masks are downloaded."""

    prompts = models.ForeignKey(BoxPrompts, on_delete=models.CASCADE, related_name="masks")
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="The box's place in what was sent, from 0.")
    rle: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    predicted_iou = models.FloatField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["prompts", "number"], name="box_mask_once_per_box")]

    def __str__(self) -> str:
        return f"mask {self.number} of {self.prompts_id}"

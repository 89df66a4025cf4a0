"""What a model version scored at a task of the paper, and the detector's boxes a run was given."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.experiments.parameters import Task


class Experiment(models.Model):
    """One model version at one task. `summary` is what `python -m sam_backend evaluate --task` writes, of one set.

    `model_name` and `source` stay readable when the model version or the snapshot is removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="experiments")
    run = models.OneToOneField("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.ForeignKey("inference.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    model_name = models.CharField(max_length=160)
    snapshot = models.ForeignKey("datasets.Snapshot", on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=160, blank=True, help_text="The snapshot's name; blank: the accepted masks.")
    task = models.CharField(max_length=20, choices=Task.choices)
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    summary: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    seconds = models.FloatField(default=0.0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="experiment_of_project")]

    def __str__(self) -> str:
        return f"{self.model_name} at {self.task}"


class Detections(models.Model):
    """A detector's boxes, from the request to the end of its run."""

    run = models.OneToOneField("runs.Run", on_delete=models.CASCADE, primary_key=True, related_name="detections")
    boxes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        help_text="By image: what annotator.suggestions.boxes.reading.Box holds, in the order they came."
    )

    def __str__(self) -> str:
        return f"boxes of {self.run_id}"

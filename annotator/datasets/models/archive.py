"""The files made from snapshots."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.datasets.models.snapshot import Snapshot


class Archive(models.Model):
    """A file made from a snapshot. `report` tells what was written, what could not be, and how it was proven."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="archives")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="archives")
    run = models.OneToOneField("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    format = models.CharField(max_length=32)
    options: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="archive_of_project")]

    def __str__(self) -> str:
        return self.name

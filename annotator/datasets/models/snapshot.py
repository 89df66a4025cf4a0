"""Frozen states of a project's annotations."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Snapshot(models.Model):
    """A frozen state: one blob that holds images, labels and annotations (see snapshots.py). `sha256` names it and is
    the same whenever the state, what was chosen of it and the parts are the same. People give it a name; one that an
    export made in passing has none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="snapshots")
    name = models.CharField(max_length=100, blank=True, default="", db_default="")
    note = models.TextField(max_length=2000, blank=True, default="", db_default="")
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    images = models.PositiveIntegerField()
    annotations = models.PositiveIntegerField()
    selection: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="What was chosen of the project, as `selection.Selection` writes it."
    )
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="Objects by label, parts and how balanced they are; empty for those of before."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="snapshot_of_project")]
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="snapshot_once_per_state"),
            models.UniqueConstraint(
                "project", Lower("name"), condition=~models.Q(name=""), name="snapshot_name_once_per_project"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

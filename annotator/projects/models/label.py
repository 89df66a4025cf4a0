"""What an object can be called in a project."""
from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models.functions import Lower

from annotator.projects.models.project import Project


class Label(models.Model):
    """A class name with its colour; `attributes` describes the extra fields an object of it carries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=7)
    order = models.PositiveIntegerField(default=0)
    attributes: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list, blank=True
    )

    class Meta:
        ordering = ["order", "name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), "project", name="label_name_once_per_project")]

    def __str__(self) -> str:
        return self.name

"""What an object can be called in a project."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Lower

from annotator.projects.models.project import Project

if TYPE_CHECKING:
    _Number = models.PositiveIntegerField[int, int]
else:
    _Number = models.PositiveIntegerField


class LabelNumber(_Number):
    """The next number of the label's project, drawn when the row is first written, by `save` or by `bulk_create`."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Let migrations know a plain number."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Draw a number unless there is one. The project's row is locked by that until the transaction ends."""
        label = model_instance
        assert isinstance(label, Label)
        if add and not label.number:
            with transaction.atomic():
                project = Project.objects.filter(pk=label.project_id)
                project.update(label_numbers=F("label_numbers") + 1)
                label.number = project.values_list("label_numbers", flat=True).get()
        return label.number


class Label(models.Model):
    """A class name with its colour; `attributes` describes the extra fields an object of it carries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=7)
    order = models.PositiveIntegerField(default=0)
    number = LabelNumber(
        editable=False, default=0, db_default=0, help_text="Its category in files; never given to another label."
    )
    attributes: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list, blank=True
    )

    class Meta:
        ordering = ["order", "name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), "project", name="label_name_once_per_project"),
            models.UniqueConstraint(fields=["project", "number"], name="label_number_once_per_project"),
        ]

    def __str__(self) -> str:
        return self.name

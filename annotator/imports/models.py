"""Imports, and what each of them made."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.imports.choices import Kind, Part, Source


class Import(models.Model):
    """A data set on its way into a project. `report` is what the dry run found, `problems` everything that could not be
    taken over, `options` what was chosen, `result` and `undone` what the runs did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="imports")
    name = models.CharField(max_length=255)
    source = models.CharField(max_length=8, choices=Source.choices)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the uploaded file; blank once it went.")
    folder = models.CharField(max_length=1000, blank=True, help_text="On the server or in a bucket, as it was named.")
    bytes = models.PositiveBigIntegerField(default=0)
    format = models.CharField(max_length=32, blank=True, help_text="Chosen by somebody; blank: the recognised one.")
    listing: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="What there is to fetch: files, bytes, unknown, refused, fetched."
    )
    options: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    problems: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(
        default=list, help_text="[file, item, reason]"
    )
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    undone: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    check_run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    import_run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    undo_run = models.ForeignKey("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="import_of_project")]
        constraints = [models.CheckConstraint(condition=models.Q(source__in=Source.values), name="import_source_known")]

    def __str__(self) -> str:
        return self.name


class File(models.Model):
    """One file of a data set that is fetched: where it lies, what it is called in the data set, and, once it was
    fetched, its bytes."""

    id = models.BigAutoField(primary_key=True)
    by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField(help_text="From 0, as it was listed.")
    address = models.CharField(max_length=2000, help_text="A web address, or the key in the bucket.")
    path = models.CharField(max_length=1500, blank=True)
    bytes = models.PositiveBigIntegerField(null=True, help_text="As it was listed; null where nobody says.")
    mark = models.CharField(max_length=100, blank=True, help_text="The bucket's ETag when it was listed.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Blank until it was fetched, and once it went.")
    state = models.CharField(max_length=8, choices=Part.choices, default=Part.WAITING)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["by", "number"]
        indexes = [models.Index(fields=["sha256"], name="import_file_blob")]
        constraints = [
            models.UniqueConstraint(fields=["by", "number"], name="import_file_once"),
            models.CheckConstraint(condition=models.Q(state__in=Part.values), name="import_file_state_known"),
        ]

    def __str__(self) -> str:
        return self.path or self.address


class Made(models.Model):
    """Something that an import made: written with it, so that all of an import can be taken back, and nothing else."""

    id = models.BigAutoField(primary_key=True)
    by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="made")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    target = models.UUIDField(help_text="The row's id.")
    image = models.UUIDField(null=True, help_text="The image it lies on.")
    revision = models.PositiveIntegerField(default=1, help_text="That it had when the import was done with it.")
    taken_back = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["target"], name="made_target"),
            models.Index(fields=["by", "image"], name="made_on_image"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["by", "kind", "target"], name="made_once_per_import"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="made_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"

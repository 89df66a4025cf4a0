"""What images are tagged with, and filters that a project keeps under a name."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from annotator.projects.models.image import Image
from annotator.projects.models.project import Project

MAX_NAME = 50


class Tag(models.Model):
    """A word that images of a project are tagged with: what is so of an image and is no object on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=MAX_NAME)
    images: models.ManyToManyField[Image, ImageTag] = models.ManyToManyField(
        Image, through="projects.ImageTag", related_name="tags"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), "project", name="tag_name_once_per_project")]

    def __str__(self) -> str:
        return self.name


class ImageTag(models.Model):
    """A tag on an image."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "tag"], name="tag_once_per_image")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.image_id}"


class SavedFilter(models.Model):
    """A filter of a project's images that its people call by a name; `query` has the words of the list's address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=MAX_NAME)
    query: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), "project", name="filter_name_once_per_project")]

    def __str__(self) -> str:
        return self.name

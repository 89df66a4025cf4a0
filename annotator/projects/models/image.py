"""One picture. Its pixel frame is the picture after EXIF rotation."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.projects.choices import ImageState
from annotator.projects.models.project import Project


class LiveImages(models.Manager["Image"]):
    """The images that are not in the bin; also what `project.images` gives."""

    def get_queryset(self) -> models.QuerySet[Image]:
        """Leave out the bin."""
        return super().get_queryset().filter(deleted_at=None)


class Image(models.Model):
    """A stored, upright picture without metadata; the blobs live under their hashes. A deleted one waits in the bin."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, help_text="Of the stored picture; its blob's name.")
    source_sha256 = models.CharField(max_length=64, help_text="Of the file as it was uploaded.")
    thumb_sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    source_format = models.CharField(max_length=16)
    notes: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=16, choices=ImageState.choices, default=ImageState.NEW)
    annotation_seq = models.PositiveBigIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(
        default=timezone.now, editable=False, help_text="When somebody added it; its place in order."
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    with_bin = models.Manager()
    objects = LiveImages()

    class Meta:
        default_manager_name = "objects"
        ordering = ["created", "id"]
        indexes = [
            models.Index(fields=["project", "created", "id"], name="image_in_order"),
            models.Index(fields=["project", "source_sha256"], name="image_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"], condition=models.Q(deleted_at=None), name="image_once_per_project"
            ),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="image_has_pixels"),
        ]

    def __str__(self) -> str:
        return self.name

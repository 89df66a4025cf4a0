"""One image. Its pixel frame is the image after EXIF rotation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from annotator.projects.choices import ImageState, ReviewState, Standing
from annotator.projects.models.project import Project
from annotator.projects.names import MAX_FOLDER, MAX_LENGTH
from annotator.projects.order import PLACE_LENGTH, path_of, place_of

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField

IN_USE = models.Q(deleted_at=None)
IS_COPY = models.Q(copy_of__isnull=False)

IN_ORDER = ("place", "id")
"""The order of a project's images, for `order_by`."""


def on_images_of(project: Project | uuid.UUID) -> models.Q:
    """Return what says of a row with an `image` that this is one of a project's data set: neither in the bin nor a
    copy. `Image.objects` says the same of images themselves."""
    return models.Q(image__project=project, image__deleted_at=None, image__copy_of=None)


class LiveImages(models.Manager["Image"]):
    """The images of a data set: neither in the bin nor copies; also what `project.images` gives."""

    def get_queryset(self) -> models.QuerySet[Image]:
        """Leave out the bin and copies."""
        return super().get_queryset().filter(deleted_at=None, copy_of=None)


class WorkableImages(models.Manager["Image"]):
    """What can be opened and worked on: the images that are not in the bin, and copies of them."""

    def get_queryset(self) -> models.QuerySet[Image]:
        """Leave out the bin."""
        return super().get_queryset().filter(deleted_at=None)


class PlaceField(_Text):
    """Follows folder, name and time whenever the row is written, by `save` or by `bulk_create`."""

    default_validators = [RegexValidator(r"^[0-9a-f]*\Z")]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Let migrations know a plain text."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Work the value out anew."""
        image = model_instance
        assert isinstance(image, Image)
        image.place = place_of(image.folder, image.name, image.created)
        return image.place


class Image(models.Model):
    """A stored, upright image without metadata; the blobs live under their hashes. A deleted one waits in the bin.

    A copy (`copy_of`) is the same picture for one more person, who does not see what others made of it: it has work
    done on it like any image, but is none of the data set's. It goes and comes back with its original."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=MAX_LENGTH)
    folder = models.CharField(
        max_length=MAX_FOLDER,
        blank=True,
        default="",
        db_default="",
        help_text="Where it lay in the folder that was added, a/b.",
    )
    place = PlaceField(
        max_length=PLACE_LENGTH, editable=False, default="", db_default="", help_text="What images are ordered by."
    )
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
    review = models.CharField(
        max_length=16,
        choices=ReviewState.choices,
        default=ReviewState.NONE,
        db_default=ReviewState.NONE,
        help_text="What the review says of it.",
    )
    annotation_seq = models.PositiveBigIntegerField(default=0)
    object_count = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Live objects on it, written by whoever changes them."
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    copy_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        help_text="The image that this is a copy of, for one more person.",
    )
    gold = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="What is on it is the truth people are scored by.",
    )

    with_bin = models.Manager()
    workable = WorkableImages()
    objects = LiveImages()

    class Meta:
        default_manager_name = "objects"
        ordering = ["place", "id"]
        indexes = [
            models.Index(fields=["project", "place", "id"], name="image_by_place"),
            models.Index(fields=["project", "source_sha256"], name="image_source"),
            # The last columns let the database count without looking at the rows (`objects`, and who sees which copy).
            models.Index(
                fields=["project", "state", "review", "copy_of", "id"], condition=IN_USE, name="image_standing"
            ),
            models.Index(fields=["project", "created", "copy_of"], condition=IN_USE, name="image_added"),
            models.Index(fields=["project", "object_count", "place", "id"], condition=IN_USE, name="image_objects"),
            models.Index(fields=["project"], condition=~IN_USE, name="image_binned"),
            models.Index(fields=["copy_of"], condition=IS_COPY, name="image_copies"),
            models.Index(fields=["project"], condition=models.Q(gold=True), name="image_gold"),
            models.Index(
                fields=["project", "review", "copy_of", "id"],
                condition=IN_USE & ~models.Q(review=ReviewState.NONE),
                name="image_in_review",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"],
                condition=models.Q(deleted_at=None, copy_of=None),
                name="image_once_per_project",
            ),
            models.CheckConstraint(condition=models.Q(gold=False) | models.Q(copy_of=None), name="image_gold_no_copy"),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="image_has_pixels"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """Its folder and name, as people tell it from others."""
        return path_of(self.folder, self.name)

    @property
    def standing(self) -> Standing:
        """How far it is on its way."""
        done = self.state == ImageState.DONE
        return Standing.ACCEPTED if done and self.review == ReviewState.ACCEPTED else Standing(self.state)

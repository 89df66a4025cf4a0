"""What is covered in a project's pictures, and by which rule."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from annotator.privacy.choices import DEFAULT_THRESHOLD, Outline, Style

WHO = settings.AUTH_USER_MODEL


class Rule(models.Model):
    """What happens to a project's pictures before they are stored; a project without a row has no rule."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="+")
    active = models.BooleanField(default=False)
    threshold = models.FloatField(default=DEFAULT_THRESHOLD, help_text="Faces from this confidence on are covered.")
    style = models.CharField(max_length=8, choices=Style.choices, default=Style.BLUR)
    outline = models.CharField(max_length=8, choices=Outline.choices, default=Outline.BOX)
    keep_originals = models.BooleanField(default=False, help_text="The uncovered picture is kept beside the other.")
    set_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")


class Look(models.Model):
    """An image was searched for faces, or covered by hand (`threshold` is then null). The original's hash is blank
    where it was not kept, or nothing was covered."""

    image = models.OneToOneField("projects.Image", on_delete=models.CASCADE, primary_key=True, related_name="look")
    threshold = models.FloatField(null=True)
    original_sha256 = models.CharField(max_length=64, blank=True)
    original_type = models.CharField(max_length=32, blank=True)
    created = models.DateTimeField(auto_now_add=True)


class Covered(models.Model):
    """A covered region: a box in the image's pixels. Found by the detector (`score`), or drawn by a person. One that
    was taken back stays as a row, so that the next search does not cover it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="covered")
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    score = models.FloatField(null=True, help_text="The detector's confidence; null for one drawn by hand.")
    style = models.CharField(max_length=8, choices=Style.choices)
    outline = models.CharField(max_length=8, choices=Outline.choices)
    by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    taken_back = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created", "id"]
        indexes = [models.Index(fields=["image", "created", "id"], name="covered_of_image")]

"""What is known of a project's images for its data sets: where they come from, which part each is in, how alike two
are."""

from __future__ import annotations

from django.db import models

from annotator.datasets.choices import Part
from annotator.projects.models import Image, Project


class Origin(models.Model):
    """Under which licence a project's images stand and where they come from; written into every snapshot."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="+")
    licence = models.CharField(max_length=200, blank=True, default="")
    sources = models.TextField(max_length=2000, blank=True, default="")


class Placed(models.Model):
    """An image that somebody put into a part of the data set by hand."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="placed")
    part = models.CharField(max_length=8, choices=Part.choices)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(part__in=Part.values), name="placed_part_known")]


class Fingerprint(models.Model):
    """64 bits that hardly change when an image is scaled or packed anew, as a signed number. An image's pixels never
    change, so neither does this row."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="fingerprint")
    bits = models.BigIntegerField()
    cluster = models.UUIDField(
        null=True, db_index=True, help_text="Of near-duplicates, as last looked for: one of them."
    )

"""What is kept for the numbers: the steps of images, and one row for what was done on a day."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.projects.choices import Standing
from annotator.projects.models import Image, Project

WHO = settings.AUTH_USER_MODEL
COUNTS = ("made", "timed", "deleted", "clicks", "submitted", "judged", "passed", "returned")
"""Columns of a tally that are whole numbers; `SUMS` has its seconds, too."""
SUMS = ("seconds", *COUNTS)


class Step(models.Model):
    """An image came further or fell back. Nothing changes a row afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=16, choices=Standing.choices)
    after = models.CharField(max_length=16, choices=Standing.choices)
    actor = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "id"]
        indexes = [models.Index(fields=["project", "created"], name="step_by_project")]


class Ledger(models.Model):
    """How far a project's tallies go: what was done before `until` is in them and is never counted again."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()


class Tally(models.Model):
    """What one person did on one day under one label. Masks and time are counted for who worked, and the columns of
    reviews (without a label) for whose work was judged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    person = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    label_id = models.UUIDField(null=True, help_text="Of a label that may be gone; one merged away may come back.")
    made = models.PositiveIntegerField(default=0)
    timed = models.PositiveIntegerField(default=0, help_text="Of those made: with active time of their own.")
    deleted = models.IntegerField(default=0, help_text="Less what was restored.")
    seconds = models.FloatField(default=0.0)
    clicks = models.PositiveBigIntegerField(default=0)
    submitted = models.PositiveIntegerField(default=0)
    judged = models.PositiveIntegerField(default=0, help_text="Images with their first decision.")
    passed = models.PositiveIntegerField(default=0, help_text="Of those: accepted.")
    returned = models.PositiveIntegerField(default=0, help_text="Returns, first ones or later.")

    class Meta:
        ordering = ["day", "id"]
        indexes = [models.Index(fields=["project", "day"], name="tally_by_day")]

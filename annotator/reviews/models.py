"""The project's rule, what is known of an image's review, what happened in it, and what people said.

What the review says of an image at this moment stands on the image (`Image.review`), so that lists need no join.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from annotator.projects.models import Image, Project
from annotator.reviews.choices import Kind, Mode

WHO = settings.AUTH_USER_MODEL


class Rule(models.Model):
    """Which finished images of a project are reviewed, and whether people may review what they made themselves."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.OFF)
    share = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Per cent, for `share` and `risk`.",
    )
    own_work = models.BooleanField(default=False)


class Review(models.Model):
    """What is known of an image's review beside its state. `turn` counts what happens to the row: whoever wants to take
    the image says which turn they saw, so that of any number who try exactly one gets it."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="review_row")
    submitted_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_seq = models.PositiveBigIntegerField(default=0, help_text="The image's count of changes at that time.")
    changed_after = models.BooleanField(default=False, help_text="It was accepted, and changed afterwards.")
    decided_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_seq = models.PositiveBigIntegerField(null=True, help_text="The count of changes at the last decision.")
    risk = models.FloatField(default=0.0, help_text="0 to 1: how much looks as if it were worth a look.")
    reasons: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    claimed_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    turn = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["submitted_at", "image_id"]
        indexes = [
            models.Index(fields=["submitted_at", "image"], name="review_oldest"),
            models.Index(fields=["-risk", "submitted_at"], name="review_risk"),
        ]


class Worker(models.Model):
    """Somebody who made, changed or submitted what an image shows: it is their own work. What a reviewer mends while
    the image waits does not make it theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="workers")
    user = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "user"], name="worker_once_per_image")]


class Event(models.Model):
    """One step of an image's review. `fixed`: it was accepted after the reviewer had mended something."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="review_events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    actor = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    seq = models.PositiveBigIntegerField()
    fixed = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "id"]
        indexes = [
            models.Index(fields=["image", "created"], name="review_event_by_image"),
            models.Index(fields=["created"], name="review_event_created"),
        ]


class Thread(models.Model):
    """A talk about an image, about a place in it, or about an object of it, and stays when the object is deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="threads")
    annotation = models.ForeignKey("annotations.Annotation", on_delete=models.SET_NULL, null=True, related_name="+")
    x = models.FloatField(null=True, help_text="In image pixels.")
    y = models.FloatField(null=True, help_text="In image pixels.")
    created = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(x=None, y=None) | models.Q(x__isnull=False, y__isnull=False), name="thread_has_both"
            )
        ]


class Comment(models.Model):
    """What somebody said in a thread; `@name` in it mentions a member."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(max_length=4000)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "id"]

"""What is kept of comparing copies of images, and of merging them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.agreement.choices import How
from annotator.lib.days import today
from annotator.projects.models import Image, Project

WHO = settings.AUTH_USER_MODEL


class Compared(models.Model):
    """How the finished copies of one image agree, as they were at `state`; worked out anew when that is another."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="compared")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(default=today, help_text="When its copies could be compared first.")
    state = models.TextField(help_text="The copies, and each one's count of changes.")
    people: models.JSONField[list[str], list[str]] = models.JSONField(default=list, help_text="One for each copy.")
    units: models.JSONField[list[list[str | None]], list[list[str | None]]] = models.JSONField(
        default=list, help_text="For each object the label that each person gave it: an id, blank, or null: not made."
    )
    pairs: models.JSONField[list[list[float | int]], list[list[float | int]]] = models.JSONField(
        default=list, help_text="[unit, person, person, IoU, boundary IoU] of the same object by two people."
    )

    def __str__(self) -> str:
        return f"{self.image_id} by {len(self.people)}"


class Merged(models.Model):
    """The copies of an image became the image's own objects. What is needed to take it back stands here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="merges")
    how = models.CharField(max_length=8, choices=How.choices)
    person = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    actor = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    undone = models.DateTimeField(null=True)
    first_seq = models.PositiveBigIntegerField(help_text="The image's count of changes of its first change.")
    last_seq = models.PositiveBigIntegerField(help_text="And of its last one.")
    state_before = models.CharField(max_length=16)
    made: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, help_text="Each object, and that of a copy from which it came."
    )
    removed: models.JSONField[list[str], list[str]] = models.JSONField(default=list, help_text="Objects it replaced.")
    dropped: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(
        default=list, help_text="Unfinished copies that left their job: [copy, job]."
    )

    class Meta:
        ordering = ["created", "id"]
        constraints = [
            models.UniqueConstraint(fields=["image"], condition=models.Q(undone=None), name="merged_once_per_image")
        ]

    def __str__(self) -> str:
        return f"{self.image_id} {self.how}"


class GoldRule(models.Model):
    """How much gold is hidden in the jobs of a project."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="+")
    every = models.PositiveSmallIntegerField(default=0, help_text="One gold image for so many of a job; 0: none.")

    def __str__(self) -> str:
        return f"one in {self.every}" if self.every else "none"


class Scored(models.Model):
    """How a finished copy of a gold image compares with the truth, as both were at `state`."""

    copy = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="+")
    state = models.TextField(help_text="The counts of changes of image and copy.")
    right = models.PositiveIntegerField(help_text="Objects found, with their label.")
    named_wrong = models.PositiveIntegerField(help_text="Objects found that have another label.")
    missed = models.PositiveIntegerField(help_text="Objects that were not found.")
    extra = models.PositiveIntegerField(help_text="Objects where there are none.")
    iou_sum = models.FloatField(help_text="Of the masks of what was found.")

    def __str__(self) -> str:
        return f"{self.right} right on {self.copy_id}"

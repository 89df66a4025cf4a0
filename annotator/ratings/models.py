"""A comparison of two models by people, its pairs of answers, and what people gave them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project

WHO = settings.AUTH_USER_MODEL
LEAST, MOST = 1, 10


class Rating(models.Model):
    """Two model versions, asked with the same clicks. The names stay readable when a version is removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ratings")
    run = models.OneToOneField("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    first = models.ForeignKey(ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    second = models.ForeignKey(ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    first_name = models.CharField(max_length=160)
    second_name = models.CharField(max_length=160)
    seed = models.PositiveBigIntegerField(help_text="Of the draw of masks, and of which answer stands on the left.")
    created_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created", "id"]

    def __str__(self) -> str:
        return f"{self.first_name} and {self.second_name}"


class RatedPair(models.Model):
    """Both answers to one click on an image: run lengths at the size at which masks are measured, the longest side
    1,024 pixels at most. The click is on the most interior point of a mask that `author` made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="pairs")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    x = models.FloatField(help_text="Of the click, as a share of the image's width.")
    y = models.FloatField(help_text="And of its height.")
    first: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    second: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    swapped = models.BooleanField(help_text="The second model's answer stands on the left.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"pair of {self.rating_id}"


class PairScore(models.Model):
    """What one person gave both answers, 1 to 10."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(RatedPair, on_delete=models.CASCADE, related_name="scores")
    person = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="+")
    first = models.PositiveSmallIntegerField()
    second = models.PositiveSmallIntegerField()
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "person"], name="pair_once_per_person"),
            models.CheckConstraint(
                condition=models.Q(first__range=(LEAST, MOST), second__range=(LEAST, MOST)), name="pair_score_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"

"""What the data set looks like in numbers."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.annotations.models import Annotation
from annotator.projects.models import Project


class Shape(models.Model):
    """Numbers of an object's mask that only its run lengths tell. `revision` is the object's when they were taken."""

    annotation = models.OneToOneField(Annotation, on_delete=models.CASCADE, primary_key=True, related_name="shape_row")
    revision = models.PositiveIntegerField()
    concavity = models.FloatField(help_text="1 − area / area of the convex hull.")
    x = models.FloatField(help_text="Of the mean of its pixels, as a share of the image's width.")
    y = models.FloatField(help_text="As a share of the height.")


class Figures(models.Model):
    """The numbers of a project as they were last taken; an earlier row goes when a later one comes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="+")
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField()

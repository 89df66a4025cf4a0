"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class ModelState(models.TextChoices):
    """Whether a model version can be used."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"

"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class ModelState(models.TextChoices):
    """Whether a model version can be used."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Prompts(models.TextChoices):
    """What a model version is asked with. Projects use one that is asked by clicks; words are for runs."""

    CLICKS = "clicks"
    WORDS = "words"

"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class What(models.TextChoices):
    """What was put back."""

    IMAGE = "image", "An image"
    PERSON = "person", "One person's work"


UNDO_WORK, RESTORE_WORK = "undo_work", "restore_work"
"""The kinds of runs."""

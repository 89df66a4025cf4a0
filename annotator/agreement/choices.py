"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class How(models.TextChoices):
    """How the work of several people becomes one."""

    VOTE = "vote", "By vote"
    PERSON = "person", "One person's work"
    HAND = "hand", "By hand"

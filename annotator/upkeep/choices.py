"""What is looked after, and remembered."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Of which commands it is known how the last one ended."""

    BACKUP = "backup"
    VERIFY = "verify"

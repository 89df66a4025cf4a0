"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Stage(models.TextChoices):
    """How a mask came to be (SAM paper, section 4)."""

    ASSISTED_MANUAL = "assisted_manual"
    SEMI_AUTOMATIC = "semi_automatic"
    FULLY_AUTOMATIC = "fully_automatic"


class Status(models.TextChoices):
    """What the review says of an object."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class Action(models.TextChoices):
    """What a revision did."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


KEEPS_APPROVAL = frozenset({"locked", "hidden", "seconds", "clicks"})
"""Columns that say nothing of what was approved: how the editor shows it, how long it took."""
REVIEWED = frozenset({Status.APPROVED, Status.REJECTED})

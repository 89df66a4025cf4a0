"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Mode(models.TextChoices):
    """Which finished images of a project are reviewed."""

    OFF = "off"
    ALL = "all"
    SHARE = "share"
    RISK = "risk"


class Kind(models.TextChoices):
    """What happened to an image in its review."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"
    REOPENED = "reopened"


class Order(models.TextChoices):
    """How those who review get what waits."""

    OLDEST = "oldest"
    RISK = "risk"


class Change(models.TextChoices):
    """What became of an object between two looks."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Since(models.TextChoices):
    """What a comparison begins with."""

    SUBMISSION = "submission"
    DECISION = "decision"

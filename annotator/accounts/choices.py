"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a member is in a project. access.py says what each role may do."""

    OWNER = "owner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class Sight(models.TextChoices):
    """Which images of a project its annotators see."""

    ALL = "all"
    OWN = "own"


class Purpose(models.TextChoices):
    """What a person's link is for."""

    SIGN_IN = "signin"
    PASSWORD = "password"


class Scope(models.TextChoices):
    """What a key for programs may do in its owner's name."""

    READ = "read"
    WRITE = "write"

"""Values that stand in the database and in the API."""
from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a member is in a project. accounts.access says what each role may do."""

    OWNER = "owner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class EmbeddingState(models.TextChoices):
    """How far the embedding of an image is; derived, never stored."""

    NONE = "none"
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class ImageState(models.TextChoices):
    """How far the people are with an image."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"

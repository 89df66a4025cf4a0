"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


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


class Standing(models.TextChoices):
    """How far an image is on its way, state and review in one; derived, never stored with the image."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    ACCEPTED = "accepted"


class Sorting(models.TextChoices):
    """How a list of images is sorted; the API's words."""

    NAME = "name", "By name"
    NEWEST = "newest", "Added last"
    OLDEST = "oldest", "Added first"
    MOST = "most", "Most objects"
    FEWEST = "fewest", "Fewest objects"


class Audience(models.TextChoices):
    """Who sees the numbers of single people in a project; everybody sees their own."""

    MEMBERS = "members"
    MANAGERS = "managers"


class ReviewState(models.TextChoices):
    """What the review says of an image; `annotator.reviews` decides it."""

    NONE = "none"
    WAITING = "waiting"
    RETURNED = "returned"
    ACCEPTED = "accepted"

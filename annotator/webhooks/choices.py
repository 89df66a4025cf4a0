"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Event(models.TextChoices):
    """What a webhook can be told."""

    IMAGE_SUBMITTED = "image.submitted", "Image submitted for review"
    IMAGE_ACCEPTED = "image.accepted", "Image accepted"
    IMAGE_RETURNED = "image.returned", "Image returned"
    EXPORT_READY = "export.ready", "Export ready"
    MODEL_PROMOTED = "model.promoted", "Retrained model put to use"
    RUN_FAILED = "run.failed", "Run failed"
    TEST = "test", "Test"


class State(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


CHOSEN = [(event.value, event.label) for event in Event if event is not Event.TEST]
"""What one may ask for; the test comes by its button."""

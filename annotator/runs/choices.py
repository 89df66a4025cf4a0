"""The states of a run and the named sets of them."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """Where a run is. Only `queued` and `running` can still change by themselves."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (State.QUEUED, State.RUNNING)
FINISHED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class Queue(models.TextChoices):
    """Which workers may take a run."""

    DEFAULT = "default"
    GPU = "gpu"

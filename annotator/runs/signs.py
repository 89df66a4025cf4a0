"""Signs of life: each worker process notes now and then that it is there, and which queues it takes from."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from annotator.runs.models import Worker

_ME = uuid.uuid4()
FORGOTTEN_AFTER = timedelta(days=1)


def patience() -> timedelta:
    """Return for how long a worker that says nothing still counts as there: three sweeps, and a little."""
    return timedelta(seconds=3 * settings.RUN_SWEEP_SECONDS + 5)


def give(queues: Iterable[str]) -> None:
    """Note that this process is there; forget those that have not been for a day."""
    Worker.objects.filter(seen__lt=Now() - FORGOTTEN_AFTER).delete()
    me = {"queues": sorted(queues), "seen": Now(), "host": socket.gethostname()[:255]}
    Worker.objects.update_or_create(pk=_ME, defaults=me)


def leave() -> None:
    """Note that this process ends."""
    Worker.objects.filter(pk=_ME).delete()


def alive() -> QuerySet[Worker]:
    """Return the worker processes that gave a sign of life lately."""
    return Worker.objects.filter(seen__gt=Now() - patience())


def served() -> set[str]:
    """Return the queues that some worker takes from now."""
    return {queue for queues in alive().values_list("queues", flat=True) for queue in queues}

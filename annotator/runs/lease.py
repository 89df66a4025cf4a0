"""Holding a run: claim it, keep the lease alive from a thread of its own, let it go. All by conditional UPDATE."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from annotator.lib.claims import claim_one
from annotator.runs.choices import State
from annotator.runs.models import Run

log = logging.getLogger(__name__)


def lease_end() -> CombinedExpression:
    """Return when a lease taken now runs out, by the database's clock: those of workers may differ."""
    return Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def claim_next(run_id: uuid.UUID) -> Run | None:
    """Claim one queued run and return it, or None when there is nothing to do.

    A message is a wake-up for one piece of work in its queue, so the most urgent queued run goes first: the image
    that someone has just opened overtakes a bulk upload. Every queued run has a message of its own, so each gets its
    turn; a message delivered twice finds nothing left.
    """
    woken = Run.objects.filter(pk=run_id).values_list("queue", flat=True).first()
    if woken is None:
        return None
    while True:
        waiting = Run.objects.filter(state=State.QUEUED, queue=woken)
        pk = waiting.order_by("-priority", "created", "id").values_list("pk", flat=True).first()
        if pk is None:
            return None
        if run := claim(pk):
            return run


def claim(pk: uuid.UUID) -> Run | None:
    """Claim this queued run; None when somebody else has it or it is not queued."""
    mine = uuid.uuid4()
    won = claim_one(
        Run.objects.filter(pk=pk, state=State.QUEUED),
        state=State.RUNNING,
        claim=mine,
        lease_until=lease_end(),
        attempts=F("attempts") + 1,
        started=Now(),
        updated=Now(),
    )
    return Run.objects.select_related("project", "requested_by").get(pk=pk, claim=mine) if won else None


def write(run: Run, **changes: Any) -> bool:
    """Write to a run only while its claim is ours; False means that it was cancelled or taken over."""
    held = Run.objects.filter(pk=run.pk, claim=run.claim, state=State.RUNNING)
    return claim_one(held, updated=Now(), **changes)


class Heartbeat:
    """Renews a lease from its own thread, so that a long computation does not look like a dead worker."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{run.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(settings.RUN_LEASE_SECONDS / 4):
                close_old_connections()
                self.renew()
                if self.lost.is_set():
                    return
        finally:
            connection.close()

    def renew(self) -> None:
        """Renew once; `lost` is set when the run is not ours any more."""
        try:
            if not write(self.run, lease_until=lease_end()):
                self.lost.set()
        except DatabaseError:
            # A database away for a moment: the next beat tries again, long before the lease runs out.
            log.warning("The lease of run %s could not be renewed", self.run.pk, exc_info=True)

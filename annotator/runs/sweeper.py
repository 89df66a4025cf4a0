"""Picking up what fell: runs whose worker died (lease over) and runs whose message was lost. Times are those of the
database, so that a machine whose clock is wrong takes nobody's work away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from annotator.celery import app
from annotator.runs import signs
from annotator.runs.choices import State
from annotator.runs.chores import chores
from annotator.runs.messages import send
from annotator.runs.models import Run
from annotator.runs.telling import tell_end

log = logging.getLogger(__name__)

BATCH = 200


def sweep() -> int:
    """Re-queue runs of dead workers, give up on those that killed several, send lost messages. Returns how many
    messages were sent. Any number of sweepers may run at once."""
    _give_up()
    _requeue()
    return _resend()


def _lapsed() -> Any:
    return Run.objects.filter(state=State.RUNNING, lease_until__lt=Now())


def _give_up() -> None:
    error = (
        f"The worker stopped {settings.RUN_MAX_ATTEMPTS} times while doing this, perhaps for want of memory. "
        "Try again, or with a smaller image or model."
    )
    for run in _lapsed().filter(attempts__gte=settings.RUN_MAX_ATTEMPTS)[:BATCH]:
        with transaction.atomic():
            # Of several sweepers one gets it.
            if (
                _lapsed()
                .filter(pk=run.pk)
                .update(state=State.FAILED, finished=Now(), updated=Now(), claim=None, lease_until=None, error=error)
            ):
                tell_end(run, State.FAILED, error=error)


def _requeue() -> None:
    # Taking the claim away also keeps a worker that was only asleep from writing its result later.
    _lapsed().update(state=State.QUEUED, claim=None, lease_until=None, sent=None, updated=Now())


def _resend() -> int:
    overdue = Now() - timedelta(seconds=settings.RUN_RESEND_SECONDS)
    stale = Q(sent__lt=overdue) & ~Q(queue__in=_moving(overdue))
    unsent = Q(sent=None, updated__lt=Now() - timedelta(seconds=1)) | Q(sent=None, attempts__gt=0)
    lost = Run.objects.filter(stale | unsent, state=State.QUEUED).order_by("-priority", "created")
    rows = list(lost.values_list("pk", "queue")[:BATCH])
    return sum(send(pk, queue) for pk, queue in rows)


def _moving(since: CombinedExpression) -> list[str]:
    """Return the queues whose workers are at it: what waits there waits its turn, and its message is not lost.

    Otherwise a long queue would be sent again and again. One message more or less does not matter while others
    arrive, for each does whatever is most urgent; if some were lost, the last runs are sent again when it is quiet.
    """
    busy = Q(state=State.RUNNING, lease_until__gt=Now()) | Q(started__gt=since)
    return list(Run.objects.filter(busy).order_by().values_list("queue", flat=True).distinct())


class Timer:
    """Sweeps now and then, from a thread inside the worker: no other process is needed."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def start(self) -> None:
        """Sweep at once and then every RUN_SWEEP_SECONDS."""
        threading.Thread(target=self._loop, name="run-sweeper", daemon=True).start()

    def stop(self) -> None:
        """Stop after the sweep in progress."""
        self._stop.set()

    def _loop(self) -> None:
        while True:
            self._do(_here)
            self._do(sweep)
            for chore in chores():
                self._do(chore)
            if self._stop.wait(settings.RUN_SWEEP_SECONDS):
                self._do(signs.leave)
                return

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
        except DatabaseError:
            log.warning("The sweep failed; the next one tries again", exc_info=True)
        finally:
            connections.close_all()


def _here() -> None:
    signs.give([*app.amqp.queues.consume_from])


_timer = Timer()


@worker_ready.connect
def _worker_started(**_: Any) -> None:
    _timer.start()


@worker_shutting_down.connect
def _worker_stops(**_: Any) -> None:
    _timer.stop()

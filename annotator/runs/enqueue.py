"""Asking for machine work: the row first, the message after the commit. Cancelling and asking again."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib.errors import Conflict
from annotator.runs.choices import ACTIVE, FINISHED, State
from annotator.runs.messages import send
from annotator.runs.models import Run
from annotator.runs.registry import runner_class


def enqueue(
    kind: str,
    *,
    project: Model | None = None,
    params: dict[str, Any] | None = None,
    requested_by: User | None = None,
    subject: uuid.UUID | None = None,
    key: str = "",
    priority: int = 0,
) -> Run:
    """Queue a run. With a `key`, an active run of that key is returned instead (and raised to this priority)."""
    if key:
        waiting = _active(key)
        if waiting is not None:
            return _hurry(waiting, priority)
    run = Run(
        kind=kind,
        project_id=project.pk if project is not None else None,
        subject=subject,
        key=key,
        queue=runner_class(kind).queue,
        priority=priority,
        params=params or {},
        requested_by=requested_by,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        # Someone queued the same key between the look and the insert.
        waiting = _active(key) if key else None
        if waiting is None:
            raise
        return waiting
    transaction.on_commit(partial(send, run.pk, run.queue))
    return run


def _active(key: str) -> Run | None:
    return Run.objects.filter(key=key, state__in=ACTIVE).first()


def _hurry(run: Run, priority: int) -> Run:
    if priority > run.priority and Run.objects.filter(pk=run.pk, state=State.QUEUED).update(priority=priority):
        run.priority = priority
    return run


def cancel(run: Run) -> Run:
    """Stop a run: at once when it waits, at its next sign of life when it runs. A finished run stays as it is."""
    now = timezone.now()
    Run.objects.filter(pk=run.pk, state__in=ACTIVE).update(
        state=State.CANCELLED, finished=now, updated=now, claim=None, lease_until=None, message="Cancelled"
    )
    run.refresh_from_db()
    return run


def retry(run: Run) -> Run:
    """Queue a failed or cancelled run again, as the same row. Raises Conflict for any other."""
    again = (State.FAILED, State.CANCELLED)
    values = {
        "state": State.QUEUED,
        "progress": 0.0,
        "message": "",
        "error": "",
        "result": {},
        "attempts": 0,
        "started": None,
        "finished": None,
        "claim": None,
        "lease_until": None,
        "sent": None,
        "updated": timezone.now(),
    }
    try:
        with transaction.atomic():
            changed = Run.objects.filter(pk=run.pk, state__in=again).update(**values)
    except IntegrityError:
        raise Conflict("run_already_queued", "The same work is already queued by another run.") from None
    if not changed:
        state = "has finished" if run.state in FINISHED else f"is {run.state}"
        raise Conflict("run_not_failed", f"Only a failed or cancelled run can be started again; this one {state}.")
    run.refresh_from_db()
    transaction.on_commit(partial(send, run.pk, run.queue))
    return run

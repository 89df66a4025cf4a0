"""The message that wakes a worker for a run: it carries the run's id and nothing else."""

from __future__ import annotations

import logging
import uuid

from django.db.models.functions import Now
from kombu.exceptions import ChannelError, OperationalError

from annotator.celery import app
from annotator.runs.choices import State
from annotator.runs.models import Run

log = logging.getLogger(__name__)

EXECUTE_RUN = "annotator.execute_run"
"""The name of the only task (tasks.py), by which it is sent: who sends need not know what a worker does."""


def send(run_id: uuid.UUID, queue: str) -> bool:
    """Put the run's message in the queue. A broker that cannot be reached is not an error: the sweeper sends again."""
    if not post(EXECUTE_RUN, f"run {run_id}", str(run_id), queue=queue):
        return False
    Run.objects.filter(pk=run_id, state=State.QUEUED).update(sent=Now())
    return True


def post(task: str, what: str, *args: str, queue: str = "default") -> bool:
    """Put a task in the queue; False, and a line in the log about `what`, when the broker cannot be reached: then the
    sweeper has to see to it."""
    try:
        app.send_task(task, args=args, queue=queue, ignore_result=True)
    except (OperationalError, ChannelError, OSError) as error:
        log.warning("The queue cannot be reached (%s); %s waits for the sweeper.", error, what)
        return False
    return True

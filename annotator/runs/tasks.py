"""The only Celery task."""

from __future__ import annotations

import uuid

from annotator.celery import app
from annotator.lib.room import trouble_with_room
from annotator.runs import lease, worker
from annotator.runs.messages import EXECUTE_RUN


@app.task(name=EXECUTE_RUN, acks_late=True, ignore_result=True)
def execute_run(run_id: str) -> None:
    """Do one queued run, `run_id` or a more urgent one of its queue. Delivered twice, the second finds nothing;
    without room on the disk nothing is begun."""
    if trouble_with_room() is not None:
        # Beginning would only fail: the sweeper sends again what still waits when there is room.
        return
    run = lease.claim_next(uuid.UUID(run_id))
    if run is not None:
        worker.work(run)

"""The only Celery task."""
from __future__ import annotations

import uuid

from annotator.celery import app
from annotator.runs import lease, worker


@app.task(name="annotator.execute_run", acks_late=True, ignore_result=True)
def execute_run(run_id: str) -> None:
    """Do one queued run, `run_id` or a more urgent one of its queue. Delivered twice, the second finds nothing."""
    run = lease.claim_next(uuid.UUID(run_id))
    if run is not None:
        worker.work(run)

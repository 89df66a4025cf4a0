"""One claimed run from start to end: progress, log, declared failure, crash, cancel."""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from annotator.lib.meters import RUNS, TROUBLES
from annotator.lib.tracing import traced
from annotator.lib.trouble import DATABASE_AWAY, DATABASE_BUSY, Trouble, trouble_of
from annotator.runs import lease
from annotator.runs.choices import State
from annotator.runs.messages import send
from annotator.runs.models import Run
from annotator.runs.registry import kinds, runner_class
from annotator.runs.runner import RunCancelled, RunFailed, Runner, RunPaused
from annotator.runs.telling import tell_end

log = logging.getLogger(__name__)

WRITE_EVERY_SECONDS = 0.5
LOG_LIMIT = 64_000


class WorkContext:
    """The runner's hand on its run; progress is written at most every half second."""

    def __init__(self, run: Run, heartbeat: lease.Heartbeat) -> None:
        self.run = run
        self._heartbeat = heartbeat
        self._written = 0.0

    def check(self) -> None:
        """Raise RunCancelled when the run is not ours any more."""
        if self._heartbeat.lost.is_set():
            raise RunCancelled

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the work is (0 to 1)."""
        self.check()
        self.run.progress = min(max(float(fraction), 0.0), 1.0)
        self.run.message = message[:300]
        now = time.monotonic()
        if now - self._written >= WRITE_EVERY_SECONDS:
            self._written = now
            self._write(progress=self.run.progress, message=self.run.message)

    def log(self, line: str) -> None:
        """Add a line to the run's log; the oldest lines go when it grows too long."""
        self.run.log = f"{self.run.log}{timezone.now():%H:%M:%S} {line}\n"[-LOG_LIMIT:]
        self._write(log=self.run.log)

    def _write(self, **changes: object) -> None:
        if not lease.write(self.run, **changes):
            raise RunCancelled


def work(run: Run) -> None:
    """Do a claimed run. Never raises: what happens ends in the row, except a death of the process, which the
    sweeper notices by the lease."""
    with traced(run=str(run.pk)), lease.Heartbeat(run) as heartbeat:
        context = WorkContext(run, heartbeat)
        try:
            result = _runner(run).run(context)
        except RunCancelled:
            log.info("Run %s (%s) was cancelled or taken over", run.pk, run.kind)
        except RunPaused as pause:
            _queue_again(run, pause.so_far)
        except RunFailed as failure:
            _finish(run, State.FAILED, error=str(failure))
        except Exception as crash:
            _ended_badly(run, crash)
        else:
            _finish(run, State.SUCCEEDED, progress=1.0, result=result, message=run.message)


def _ended_badly(run: Run, crash: Exception) -> None:
    try:
        trouble = trouble_of(crash)
        if trouble is not None:
            TROUBLES.labels(trouble.code).inc()
            log.error("Run %s (%s) had a trouble: %s", run.pk, run.kind, crash)
            _troubled(run, trouble)
        else:
            log.exception("Run %s (%s) crashed", run.pk, run.kind, exc_info=crash)
            _crashed(run, crash)
    except DatabaseError:
        # Not even that can be written: the lease runs out, and the sweeper gives the run to somebody again.
        log.exception("How run %s ended could not be written", run.pk)


def _troubled(run: Run, trouble: Trouble) -> None:
    """Queue a run again that the machine kept from its work, or let it fail with the reason. What is queued again is
    sent by the sweeper after a pause."""
    passing = trouble in (DATABASE_BUSY, DATABASE_AWAY) and run.attempts < settings.RUN_MAX_ATTEMPTS
    if passing or (trouble not in (DATABASE_BUSY, DATABASE_AWAY) and runner_class(run.kind).patient):
        kept = {"progress": run.progress, "message": trouble.message[:300], "log": run.log}
        lease.write(run, state=State.QUEUED, claim=None, lease_until=None, sent=Now(), **kept)
    else:
        _finish(run, State.FAILED, error=trouble.message)


def _runner(run: Run) -> Runner:
    try:
        return runner_class(run.kind)()
    except KeyError:
        raise RunFailed(f"This worker knows no runs of kind “{run.kind}”, only {', '.join(kinds())}.") from None


def _finish(run: Run, state: State, *, result: dict[str, Any] | None = None, **changes: object) -> None:
    changes |= {} if result is None else {"result": result}
    with transaction.atomic():
        if lease.write(run, state=state, finished=Now(), lease_until=None, log=run.log, **changes):
            tell_end(run, state, error=str(changes.get("error", "")), result=result)
            transaction.on_commit(lambda: _measured(run, state))


def _measured(run: Run, state: State) -> None:
    seconds = (timezone.now() - run.started).total_seconds() if run.started else 0.0
    RUNS.labels(run.kind, state).observe(seconds)
    facts = {"kind": run.kind, "state": str(state), "seconds": round(seconds, 1)}
    log.info("Run %s (%s) %s after %.1f s", run.pk, run.kind, state, seconds, extra=facts)


def _queue_again(run: Run, so_far: dict[str, Any]) -> None:
    # It got somewhere, so earlier deaths of its worker do not count against it any more.
    kept = {"progress": run.progress, "message": run.message, "result": so_far, "log": run.log, "attempts": 0}
    if lease.write(run, state=State.QUEUED, claim=None, lease_until=None, **kept):
        send(run.pk, run.queue)


def _crashed(run: Run, crash: Exception) -> None:
    run.log = (run.log + trace_of(crash))[-LOG_LIMIT:]
    sentence = (
        f"Something went wrong inside Maskwright ({type(crash).__name__}). Try again; if it fails again, the log of "
        "this run tells an administrator where."
    )
    _finish(run, State.FAILED, error=sentence)


def trace_of(crash: Exception) -> str:
    """Return the trace with paths relative to the program, so that a log does not tell how a machine is laid out."""
    text = "".join(traceback.format_exception(crash))
    for folder in (settings.BASE_DIR, Path(traceback.__file__).parent):
        text = text.replace(f"{folder}/", "")
    return text

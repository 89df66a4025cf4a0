"""Why a queued run waits: behind what, for want of a worker, of room, or of the queue."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from annotator.lib.room import trouble_with_room
from annotator.lib.trouble import DISK_FULL, Trouble
from annotator.lib.words import counted
from annotator.runs import signs
from annotator.runs.choices import State
from annotator.runs.models import Run

AT_ONCE = timedelta(seconds=5)
"""Nothing is said of a run that has waited for less: an idle worker takes it within a second."""
UNSENT = timedelta(seconds=20)
"""A run whose message has not gone by then has a queue that does not answer: the sweeper has tried."""
MOST_AHEAD = 2000
REASONS = ("no_worker", "no_room", "behind", "not_sent")


class Waiting:
    """What all queued runs wait for at this moment; looks each thing up once, and only when it is asked for."""

    def __init__(self) -> None:
        self._lines: dict[str, list[tuple[int, Any, Any]]] = {}

    def of(self, run: Run) -> dict[str, Any] | None:
        """Return {"reason", "message", "ahead", "running"}, or None for a run that does not wait, or not long yet.

        `ahead` are the runs of its queue that go first, `running` the kinds of those that are being done there.
        """
        if run.state != State.QUEUED or timezone.now() - run.updated < AT_ONCE:
            return None
        ahead, running = self._ahead(run), self._running.get(run.queue, [])
        reason, message = self._why(run, ahead, running)
        return {"reason": reason, "message": message, "ahead": ahead, "running": running} if reason else None

    def _why(self, run: Run, ahead: int, running: list[str]) -> tuple[str, str]:
        if run.queue not in self._served:
            which = "" if not self._served else f" for “{run.queue}” work"
            return "no_worker", f"No worker{which} is running on the server. It goes on by itself when one is started."
        if self._room is not None:
            full = self._room is DISK_FULL
            why = "The server's disk is full" if full else "The server's storage cannot be written"
            then = "there is room again" if full else "it can be written again"
            return "no_room", f"{why}. It goes on by itself when {then}; tell an administrator."
        if ahead or running:
            others = counted(ahead, "other") + (" goes first." if ahead == 1 else " go first.")
            return "behind", f"It waits for its turn: {others if ahead else 'the one that is running goes first.'}"
        if run.sent is None and timezone.now() - run.updated > UNSENT:
            return "not_sent", "The server's queue does not answer. It is sent again until it does."
        return "", ""

    def _ahead(self, run: Run) -> int:
        if run.queue not in self._lines:
            waiting = Run.objects.filter(state=State.QUEUED, queue=run.queue).order_by("-priority", "created", "id")
            rows = waiting.values_list("priority", "created", "id")[:MOST_AHEAD]
            self._lines[run.queue] = [(-priority, created, pk) for priority, created, pk in rows]
        return bisect_left(self._lines[run.queue], (-run.priority, run.created, run.pk))

    @cached_property
    def _running(self) -> dict[str, list[str]]:
        alive = Run.objects.filter(state=State.RUNNING, lease_until__gt=Now())
        found: dict[str, list[str]] = {}
        for queue, kind in alive.order_by("started").values_list("queue", "kind")[:20]:
            found.setdefault(queue, []).append(kind)
        return found

    @cached_property
    def _served(self) -> set[str]:
        return signs.served()

    @cached_property
    def _room(self) -> Trouble | None:
        return trouble_with_room()

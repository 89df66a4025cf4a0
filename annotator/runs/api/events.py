"""Server-sent events: the runs of a project as they change. Polling `runs/` says the same, for who cannot stream."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.renderers import BaseRenderer

from annotator.lib.errors import ApiError
from annotator.lib.listener import Listener
from annotator.runs.api.present import runs_json
from annotator.runs.models import Run

POLL_SECONDS = 0.7
STREAM_SECONDS = 55
# One who comes from another page of the project may be here before the stream of that page has ended.
WAIT_SECONDS = 0.3
# A row's `updated` is set before its transaction commits: look back a little, and skip what was said already.
OVERLAP = timedelta(seconds=5)

_slots = threading.BoundedSemaphore(max(settings.EVENT_STREAMS, 1))


class EventStreamRenderer(BaseRenderer):
    """Lets a request that accepts only text/event-stream through; the stream renders itself."""

    media_type = "text/event-stream"
    format = "events"
    charset = "utf-8"

    def render(self, data: object, *args: object, **kwargs: object) -> bytes:
        """Render an error of such a request."""
        return json.dumps(data).encode()


class RunEvents:
    """The byte stream of one listener, who is told of the project's runs among those of `seen`. It ends as soon as
    `allowed` says so, before anything more is told, or the listener has gone; and after a while, when the browser asks
    again."""

    def __init__(
        self,
        project: uuid.UUID,
        allowed: Callable[[], bool],
        seen: Callable[[], QuerySet[Run]],
        listener: Listener | None = None,
        *,
        seconds: float = STREAM_SECONDS,
        poll: float = POLL_SECONDS,
    ) -> None:
        if not settings.EVENT_STREAMS or not _slots.acquire(timeout=WAIT_SECONDS):
            # Each stream holds a thread of the web server: pages must not starve for them.
            raise ApiError("too_many_streams", "Too many pages listen already; poll runs/ instead.", status=503)
        self._free = _slots.release
        self._project = project
        self._allowed = allowed
        self._seen = seen
        self._listener = listener or Listener(None)
        self._poll = poll
        self._until = time.monotonic() + seconds
        self._events = self._stream()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        """Give the slot back; called once by the server, however the stream ends."""
        self._events.close()
        self._free()

    def _stream(self) -> Generator[bytes, None, None]:
        said: dict[uuid.UUID, datetime] = {}
        since = timezone.now() - OVERLAP
        yield b"retry: 1000\n\n"
        while time.monotonic() < self._until:
            try:
                if not self._allowed():
                    return
                fresh = [run for run in self._changed(since) if said.get(run.pk) != run.updated]
            except Error:
                # The database was away: the listener asks again, and a new stream has a new connection.
                connection.close()
                return
            for run, shown in zip(fresh, runs_json(fresh), strict=True):
                said[run.pk] = run.updated
                since = max(since, run.updated - OVERLAP)
                yield f"event: run\nid: {run.pk}\ndata: {json.dumps(shown)}\n\n".encode()
            if not fresh:
                # A comment keeps proxies from closing the line.
                yield b": still here\n\n"
            if not self._listener.stays(self._poll):
                return

    def _changed(self, since: datetime) -> list[Run]:
        return list(self._seen().filter(project_id=self._project, updated__gte=since).order_by("updated")[:500])

"""gunicorn's threads, with an end to requests whose head never comes: `--worker-class annotator.launch.patient.Worker`.

A thread that reads a request's head waits for its client without a clock; a client that sends a letter now and then
would have it for good. Bodies are watched where they are read (annotator.lib.slow).
"""

from __future__ import annotations

from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from annotator.lib.env import env_int
from annotator.lib.slow import WATCH

HEAD_SECONDS = env_int("MASKWRIGHT_HEAD_SECONDS", 10, minimum=1)


class Worker(ThreadWorker):  # type: ignore[misc]
    """Ends a connection that has not told all of a request's head in time."""

    def handle(self, conn: Any) -> Any:
        """Read and answer one request of a connection; runs in a thread."""
        conn.ticket = WATCH.begin(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            WATCH.end(conn.ticket)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is there."""
        WATCH.end(conn.ticket)
        return super().handle_request(req, conn)

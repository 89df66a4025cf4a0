"""gunicorn's threads, with an end to requests whose head never comes, and answers that arrive though a body was not
read: `--worker-class annotator.launch.patient.Worker`.

A thread that reads a request's head waits for its client without a clock; a client that sends a letter now and then
would have it for good. Bodies are watched where they are read (annotator.lib.slow).
"""

from __future__ import annotations

from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

from annotator.lib.env import env_int
from annotator.lib.slow import PIECE, WATCH

HEAD_SECONDS = env_int("MASKWRIGHT_HEAD_SECONDS", 10, minimum=1)
REST_SECONDS = 5
"""How long the rest of a body that was answered unread is taken."""


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
        again = super().handle_request(req, conn)
        return self._take_rest(req, conn) and again

    def _take_rest(self, req: Any, conn: Any) -> bool:
        """Take what nobody read of a body and forget it; tells whether it ended.

        A connection that is closed with bytes unread is reset, and the answer with it: whoever was still sending, a
        proxy above all, never learns that the upload is too large, and says that the server is broken.
        """
        try:
            with WATCH.within(conn.sock, REST_SECONDS):
                while req.body.read(PIECE):
                    pass
        except (OSError, ParseException):
            return False
        return True

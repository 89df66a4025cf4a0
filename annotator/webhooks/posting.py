"""One request to an address that was checked. It follows no redirect, and waits for nobody longer than `SECONDS`."""

from __future__ import annotations

import threading

from annotator.lib.addresses import Target, checked
from annotator.lib.pinned import Pinned, told
from annotator.webhooks.addresses import guard

SECONDS = 10.0


def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send, and return the status of the answer. Raises NotReachable with a sentence."""
    connection = Pinned(target, checked(target, guard()), SECONDS)
    # Who answers byte by byte keeps within every single timeout: the whole has an end, too.
    end = threading.Timer(SECONDS, connection.hang_up)
    end.daemon = True
    try:
        end.start()
        with told(target.host, SECONDS):
            connection.request("POST", target.path, body, headers)
            return connection.getresponse().status
    finally:
        end.cancel()
        connection.close()

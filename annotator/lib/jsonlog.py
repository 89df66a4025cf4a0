"""Log lines as JSON, one object a line, for collectors: `MASKWRIGHT_LOG_FORMAT=json`."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from annotator.lib.redact import without_secrets
from annotator.lib.tracing import trace

_OURS = ("method", "route", "status", "milliseconds", "person", "kind", "state", "seconds")
"""What may be said by `extra=`, and stands in the object under its own name."""


class JsonFormatter(logging.Formatter):
    """Formats a record as {"time", "level", "logger", "message", "request"?, "run"?, "error"?, …}."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with secrets left out."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= trace()
        said |= {name: record.__dict__[name] for name in _OURS if name in record.__dict__}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        # Before it is JSON: a secret may end at a quote, which would lose the backslash that it has there.
        return json.dumps({name: _told(value) for name, value in said.items()}, ensure_ascii=False)


def _told(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else without_secrets(str(value))

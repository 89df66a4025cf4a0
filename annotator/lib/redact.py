"""What must not stand in a log: the secrets of links, which are part of their addresses."""

from __future__ import annotations

import logging
import re

from annotator.lib.tracing import trace

# Also as what to go on to after signing in: next=/join/…, or its slashes as %2F.
_LINK = re.compile(r"((?:/|%2F)(?:signin(?:/|%2F)link|join|password)(?:/|%2F))[^/%\s\"'&]+", re.IGNORECASE)


def without_secrets(line: str) -> str:
    """Return a line of a log with the secrets of links left out."""
    return _LINK.sub(r"\1…", line)


class LineFormatter(logging.Formatter):
    """Formats a record, its trace included, with the secrets of links left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = super().format(record)
        ids = " ".join(f"{name}={value}" for name, value in trace().items())
        return without_secrets(f"{line} [{ids}]" if ids and record.levelno >= logging.WARNING else line)

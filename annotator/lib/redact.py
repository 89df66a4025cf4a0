"""What must not stand in a log: the secrets of links, which are part of their addresses."""

from __future__ import annotations

import logging
import re

# Also as what to go on to after signing in: next=/join/…, or its slashes as %2F.
_LINK = re.compile(r"((?:/|%2F)(?:signin(?:/|%2F)link|join|password)(?:/|%2F))[^/%\s\"'&]+", re.IGNORECASE)


class LineFormatter(logging.Formatter):
    """Formats a record, its trace included, with the secrets of links left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _LINK.sub(r"\1…", super().format(record))

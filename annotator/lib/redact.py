"""What must not stand in a log: the secret of a sign-in link, which is part of its address."""

from __future__ import annotations

import logging
import re

_LINK = re.compile(r"(/signin/link/)[^/\s\"']+")


class LineFormatter(logging.Formatter):
    """Formats a record, its trace included, with the secrets of sign-in links left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _LINK.sub(r"\1…", super().format(record))

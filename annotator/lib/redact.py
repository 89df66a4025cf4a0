"""What must not stand in a log: secrets that are part of addresses, and those that programs send."""

from __future__ import annotations

import logging
import re

from annotator.lib.tracing import trace

# Also as what to go on to after signing in, next=/join/…, its slashes written as %2F or, once more, as %252F.
_SLASH = r"(?:/|%(?:25)*2F)"
_RULES = [
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        # What stands behind a question mark: what people look for, and what a server of single sign-on sends along.
        (r"\?[^\s\"'<>=]*=[^\s\"'<>]*", "?…"),
        # The same without its address, or a form's fields.
        (r"[\w.-]+=[^\s&\"'<>]*(?:&[\w.%-]+=[^\s&\"'<>]*)+", "…"),
        (rf"({_SLASH}(?:signin{_SLASH}link|join|password){_SLASH})[^/%\s\"'&?]+", r"\1…"),
        # Accounts in addresses of databases, queues, mail servers and imports.
        (r"(\w://)[^\s/@\"']*@", r"\1…@"),
        # Headers as libraries print them when they are asked to tell all.
        (r"((?:authorization|cookie|x-csrftoken)[\"']?\s*[:=,]\s*b?[\"']?)[^\r\n\"',)}]+", r"\1…"),
        # Keys of programs (annotator.accounts.services.issue_token), wherever they stand.
        (r"\bmw_[\w-]{16,}", "mw_…"),
    )
]


def without_secrets(text: str) -> str:
    """Return a text of a log with secrets left out, and all that stands behind the question mark of an address."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


class LineFormatter(logging.Formatter):
    """Formats a record, its trace included, with secrets left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = super().format(record)
        ids = " ".join(f"{name}={value}" for name, value in trace().items())
        return without_secrets(f"{line} [{ids}]" if ids and record.levelno >= logging.WARNING else line)

"""How a tuning ends before its end."""

from __future__ import annotations


class TuneError(ValueError):
    """Something a person can mend; the message is the sentence for them."""


class TuneCancelled(Exception):
    """`cancelled` said so; nothing was written."""

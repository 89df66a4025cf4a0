"""What an administrator can do something about, as a sentence, and how progress is told."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], object]
"""Tells a person how far it is."""


class Refused(Exception):
    """Cannot be done; the text is a sentence that says why, and what helps."""

"""Which changes are changes of the work."""

from __future__ import annotations

from typing import Any

from annotator.annotations.choices import KEEPS_APPROVAL, Action

SAYS_NOTHING = KEEPS_APPROVAL | {"status"}
"""Columns whose change is none: how an object is shown, how long it took, what the review says of it."""


def is_work(action: str, changes: dict[str, Any]) -> bool:
    """Tell whether a revision changed the work."""
    return action != Action.UPDATE or not set(changes) <= SAYS_NOTHING

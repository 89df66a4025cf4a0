"""Claiming by conditional UPDATE: of any number of processes that try, exactly one changes the row."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet


def claim_one(rows: QuerySet[Model], **changes: Any) -> bool:
    """Change the one row that still matches; tell whether this caller was the one. The filter is the condition."""
    changed = rows.update(**changes)
    if changed > 1:
        raise ValueError(f"A claim must match one row at most; this one changed {changed}.")
    return changed == 1

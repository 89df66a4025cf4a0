"""Times as the interface says them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return about how long: "40 s", "3 min", "1.5 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

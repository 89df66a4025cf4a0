"""Boxes that people and programs send, as far as they lie on an image."""

from __future__ import annotations

from collections.abc import Sequence


def corners_within(box: Sequence[float], width: int, height: int) -> tuple[float, float, float, float] | None:
    """Return the corners x0, y0, x1, y1 of a box x, y, width and height, cut to an image of this size, all in its
    pixels; None where nothing of the box lies on it."""
    x, y, across, down = box
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + across, float(width)), min(y + down, float(height))
    return (left, top, right, bottom) if right > left and bottom > top else None

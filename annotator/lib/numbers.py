"""Numbers as JSON brings them."""

from __future__ import annotations

import math

LARGEST = 1e300
"""Beyond this a whole number fits no float, and comparing or storing it ends in an OverflowError somewhere."""


def is_number(value: object) -> bool:
    """Tell whether a JSON value is a number that can be stored and computed with; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST and math.isfinite(value)

"""Fields of files somebody sent: the value when it is what it should be, else a ValueError with a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_NUMBER = 1 << 53
"""The largest whole number that every JSON reader keeps."""
MAX_COORDINATE = 1e7
MAX_TEXT = 10_000


def whole(value: object) -> int:
    """A whole number; a float counts when it has no fraction."""
    if type(value) is float and value.is_integer() and abs(value) <= MAX_NUMBER:
        return int(value)
    if type(value) is not int or abs(value) > MAX_NUMBER:
        raise ValueError(f"{shortened(value)} is not a whole number.")
    return value


def number(value: object) -> float:
    """A finite number of a size that coordinates have."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{shortened(value)} is not a number.")
    if not abs(value) <= MAX_COORDINATE:
        raise ValueError(f"{shortened(value)} is no number that can be used here.")
    return float(value)


def numeral(text: object) -> float:
    """A number written as text, as XML, CSV and plain text files have it."""
    if not isinstance(text, str):
        raise ValueError("A number is missing.")
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{shortened(text)} is not a number.") from None
    if math.isnan(value) or abs(value) > MAX_COORDINATE:
        raise ValueError(f"{shortened(text)} is no number that can be used here.")
    return value


def whole_numeral(text: object) -> int:
    """A whole number written as text."""
    return whole(numeral(text))


def text(value: object, what: str = "A name") -> str:
    """Text that says something; numbers pass as text, as label names like 7 are common."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} is missing.")
    if len(value) > MAX_TEXT:
        raise ValueError(f"{what} has {len(value)} characters; {MAX_TEXT} are the most.")
    return value.encode("utf-8", "replace").decode("utf-8")


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """An object; none given is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be an object, not {shortened(value)}.")
    return value


def items(value: object, what: str) -> list[Any]:
    """A list; none given is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{what} is not a list.")
    return value


def score(value: object) -> float | None:
    """A score, or None where nobody gave one."""
    return None if value is None else number(value)


def flag(value: object) -> bool:
    """A yes or no, as JSON, numbers or XML spell it."""
    return value in (True, 1, "1", "true", "True")


def shortened(value: object) -> str:
    """A value as it may stand in a sentence."""
    shown = repr(value) if not isinstance(value, list | dict) else f"a {type(value).__name__}"
    return shown if len(shown) <= 60 else f"{shown[:57]}..."

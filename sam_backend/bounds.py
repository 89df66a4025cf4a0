"""What a manifest may say: every number within what a machine can hold, every text within what a library can list.

The numbers of a manifest are sizes that worker and browser allocate by, so a stranger's are checked before any is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

MAX_SIDE = 4096
"""Of the encoder's square picture and of the frame points are given in; SAM's is 1024."""
MAX_MASK_SIDE = 1024
"""Of the logits; SAM's is 256. Four of them are 16 MB then."""
MAX_MASKS = 16
MAX_TENSORS = 16
MAX_VALUES = 1 << 26
"""In all embedding tensors together: 64 MB a picture in int8. SAM's has one million, the compact model's two."""
MAX_FILES = 50
MAX_BYTES = 1 << 40
MAX_DEPTH = 20
MAX_INTEGER = (1 << 53) - 1
"""The largest whole number that a browser reads exactly."""


def whole(value: object, what: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`. Raises ValueError with a sentence that names the field."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"The manifest's {what} must be a whole number from {least} to {most}, not {_said(value)}.")
    return value


def real(value: object, what: str, least: float, most: float) -> float:
    """A number from `least` to `most`. Raises ValueError with a sentence that names the field."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not least <= value <= most:  # type: ignore[operator]  # narrowed by `number`
        raise ValueError(f"The manifest's {what} must be a number from {least:g} to {most:g}, not {_said(value)}.")
    return float(value)  # type: ignore[arg-type]  # a number by now


def channels(value: object, what: str, least: float, most: float) -> tuple[float, ...]:
    """Three numbers, one for each of red, green and blue. Raises ValueError."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise ValueError(f"The manifest's {what} must be three numbers, not {_said(value)}.")
    return tuple(real(item, what, least, most) for item in value)


def text(value: object, what: str, most: int) -> str:
    """Text of at most `most` characters. Raises ValueError."""
    said = str(value)
    if len(said) > most:
        raise ValueError(f"The manifest's {what} has {len(said)} characters; {most} are the most.")
    return said


@contextmanager
def told_as_fields() -> Iterator[None]:
    """Tell what goes wrong while parsed JSON is read as ValueErrors that name the manifest's field."""
    try:
        yield
    except KeyError as error:
        raise ValueError(f"The manifest lacks the field {error.args[0]!r}.") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"The manifest has a field of the wrong kind: {error}.") from error


def check_plain(document: object) -> None:
    """Raise ValueError unless every value of parsed JSON can be stored and read again anywhere: numbers finite and
    exact in a browser, no NUL in any text, not nested without end."""
    for depth, value in _values(document):
        if depth > MAX_DEPTH:
            raise ValueError(f"The manifest is nested more than {MAX_DEPTH} deep.")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"The manifest holds the number {value}; every number must be finite.")
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            raise ValueError(f"The manifest holds the number {_said(value)}, which is too large.")
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("The manifest holds a NUL character, which cannot be stored.")


def _values(document: object) -> Iterator[tuple[int, object]]:
    waiting: list[tuple[int, object]] = [(0, document)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        if isinstance(value, dict):
            waiting += [(depth + 1, part) for pair in value.items() for part in pair]
        elif isinstance(value, list | tuple):
            waiting += [(depth + 1, part) for part in value]


def _said(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 256:
        # Python refuses to write whole numbers of more than a few thousand digits.
        return f"a number of {value.bit_length()} bits"
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:60]}…"


def check_total(shapes: list[tuple[int, ...]]) -> None:
    """Raise ValueError when embedding tensors of these shapes hold more than MAX_VALUES numbers together."""
    total = sum(math.prod(shape) for shape in shapes)
    if len(shapes) > MAX_TENSORS or total > MAX_VALUES:
        raise ValueError(
            f"The manifest's embedding has {len(shapes)} tensors of {total} numbers together; "
            f"{MAX_TENSORS} tensors and {MAX_VALUES} numbers are the most."
        )

"""The text form of COCO run lengths.

A run is written in base 32, least significant digit first: five bits a character, bit 5 set when more follow,
48 added to make it printable (so only the characters '0' to 'o' occur). The last digit's bit 4 is the sign.
From the fourth run on, what is written is the difference to the run two before, which is small for smooth shapes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Runs = NDArray[np.int64]

MAX_DIGITS = 7
"""Seven digits hold 35 signed bits: far beyond any image, and no shift can leave int64."""


class RleError(ValueError):
    """A run-length mask that cannot be trusted; the message is a sentence for its sender."""


def pack(runs: Runs) -> str:
    """Runs [n] (background first) to COCO's compressed string."""
    values = np.asarray(runs, dtype=np.int64).copy()
    values[3:] -= runs[1:-2]
    digits: list[NDArray[np.uint8]] = []
    alive: list[NDArray[np.bool_]] = []
    more = np.ones(len(values), dtype=bool)
    while more.any():
        digit = (values & 31).astype(np.uint8)
        values >>= 5
        last = np.where(digit & 16, values == -1, values == 0)
        digits.append(np.where(last, digit, digit | 32).astype(np.uint8) + 48)
        alive.append(more)
        more = more & ~last
    if not digits:
        return ""
    table, used = np.stack(digits, axis=1), np.stack(alive, axis=1)
    return bytes(table[used]).decode("ascii")


def unpack(text: str) -> Runs:
    """COCO's compressed string to runs [n]; raises RleError when the text is not of that form."""
    try:
        raw = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    except UnicodeEncodeError:
        raise RleError("The mask's counts hold characters that are not ASCII, so it is no COCO string.") from None
    if len(raw) == 0:
        return np.zeros(0, dtype=np.int64)
    if raw.min() < 0 or raw.max() > 63:
        where = int(np.flatnonzero((raw < 0) | (raw > 63))[0])
        raise RleError(f"The mask's counts hold {text[where]!r} at position {where}; only '0' to 'o' may occur.")
    return _undo_differences(_group(raw))


def _group(raw: Runs) -> Runs:
    """Characters (minus 48) to signed numbers."""
    is_last = (raw & 32) == 0
    if not is_last[-1]:
        raise RleError("The mask's counts end in the middle of a number: part of the text is missing.")
    ends = np.flatnonzero(is_last)
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    if lengths.max() > MAX_DIGITS:
        raise RleError(f"The mask's counts hold a number of {int(lengths.max())} digits; {MAX_DIGITS} are the most.")
    place = np.arange(len(raw)) - np.repeat(starts, lengths)
    values = np.add.reduceat((raw & 31) << (5 * place), starts)
    negative = (raw[ends] & 16) != 0
    signed: Runs = np.where(negative, values - (np.int64(1) << (5 * lengths)), values)
    return signed


def _undo_differences(values: Runs) -> Runs:
    """c[i] = d[i] + c[i-2] from the fourth on: two interleaved running sums."""
    runs = values.copy()
    runs[1::2] = np.cumsum(values[1::2])
    runs[2::2] = np.cumsum(values[2::2])
    return runs

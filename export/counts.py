"""The text form of COCO run lengths.

A run is written in base 32, least significant digit first: five bits a character, bit 5 set when more follow,
48 added to make it printable (so only the characters '0' to 'o' occur). The last digit's bit 4 is the sign.
From the fourth run on, what is written is the difference to the run two before, which is small for smooth shapes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Runs = NDArray[np.int64]

MAX_DIGITS = 7
"""Seven digits hold 35 signed bits: far beyond any image, and no shift can leave int64."""


FIRST, LAST = ord("0"), ord("o")
"""The characters that may occur."""


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


def count_runs(text: str) -> int:
    """How many runs a text holds, without reading them: each ends with a character below 'P'."""
    raw = np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8)
    return int(np.count_nonzero(raw < FIRST + 32))


@lru_cache(maxsize=2)  # area, box and check of a mask come one after the other
def unpack(text: str) -> Runs:
    """COCO's compressed string to runs [n], not to be written to; raises RleError when the text is not of that form."""
    try:
        raw = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    except UnicodeEncodeError:
        raise RleError("The mask's counts hold characters that are not ASCII, so it is no COCO string.") from None
    if len(raw) == 0:
        return np.zeros(0, dtype=np.int64)
    if raw.min() < FIRST or raw.max() > LAST:
        where = int(np.flatnonzero((raw < FIRST) | (raw > LAST))[0])
        raise RleError(f"The mask's counts hold {text[where]!r} at position {where}; only '0' to 'o' may occur.")
    digits = raw - FIRST
    runs = _undo_differences(group(digits, np.flatnonzero(digits < 32)))
    runs.setflags(write=False)
    return runs


def is_shortest(text: str, runs: Runs) -> bool:
    """Whether `text`, which unpacks to `runs`, is what `pack` would write: no number of it has a digit to spare."""
    values = runs.copy()
    values[3:] -= runs[1:-2]
    sizes = values ^ (values >> 63)  # without the sign, which needs as much room either way
    digits, limit, largest = len(sizes), 16, int(sizes.max(initial=0))
    while largest >= limit:
        digits += int(np.count_nonzero(sizes >= limit))
        limit <<= 5
    return digits == len(text)


def group(raw: NDArray[np.uint8], ends: Runs) -> Runs:
    """Characters (minus 48) to signed numbers; `ends` are the places of the numbers' last characters. Costs as much as
    there are characters, however they are grouped."""
    if len(ends) == 0 or ends[-1] != len(raw) - 1:
        raise RleError("The mask's counts end in the middle of a number: part of the text is missing.")
    lengths = ends.copy()
    lengths[0] += 1
    lengths[1:] -= ends[:-1]
    longest = int(lengths.max())
    if longest > MAX_DIGITS:
        raise RleError(f"The mask's counts hold a number of {longest} digits; {MAX_DIGITS} are the most.")
    # The last digit carries the sign; those before it follow, most significant first.
    values: Runs = (raw[ends].astype(np.int64) ^ 16) - 16
    for before in range(1, longest):
        has = np.flatnonzero(lengths > before)
        values[has] = values[has] * 32 + (raw[ends[has] - before] & 31)
    return values


def _undo_differences(values: Runs) -> Runs:
    """c[i] = d[i] + c[i-2] from the fourth on: two interleaved running sums."""
    runs = values.copy()
    runs[1::2] = np.cumsum(values[1::2])
    runs[2::2] = np.cumsum(values[2::2])
    return runs

"""Right files made wrong, by a seed: the same number always gives the same damage."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRIES = int(os.environ.get("MASKWRIGHT_HOSTILE", "6"))
"""How many of each kind; the long way has hundreds."""
MOST_MB = 400
"""What a file of a few kilobytes may cost at most while it is read."""


def damaged(data: bytes, seed: int) -> bytes:
    """Return the file with one to four damages: bytes, lengths, pieces."""
    chance = random.Random(seed)
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        chance.choice(DAMAGES)(found, chance)
    return bytes(found)


def _bytes(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 40)):
        if data:
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))


def _number(data: bytearray, chance: random.Random) -> None:
    """A number of four bytes, in either order, becomes an extreme one: lengths, counts, sizes."""
    if len(data) >= 4:
        at = chance.randrange(min(len(data) - 3, 400) if chance.random() < 0.7 else len(data) - 3)
        value = chance.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, 65_535, len(data), len(data) * 1000))
        data[at : at + 4] = struct.pack(chance.choice("<>") + "I", value)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _hole(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data) + 1)
    del data[start : start + chance.randrange(1, 200)]


def _twice(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data) + 1)
    data[start:start] = data[start : start + chance.randrange(1, 2000)] * chance.choice((1, 1, 50))


def _digits(data: bytearray, chance: random.Random) -> None:
    """In files of text: a number becomes an endless, negative or broken one."""
    places = [at for at, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if places:
        at = chance.choice(places)
        data[at : at + 1] = chance.choice((b"9" * 400, b"-1", b"1e999", b"NaN", b"null", b'"x"', b"1e-9", b"[]"))


DAMAGES = (_bytes, _number, _cut, _hole, _twice, _digits)


@contextmanager
def bounded() -> Iterator[None]:
    """Fail when what happens inside takes this process more than MOST_MB of memory above what it has. Looks where the
    kernel counts it (Linux)."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        yield
        return
    reset.write_text("5")  # proc(5): the peak becomes what is taken now
    before = _peak(status)
    yield
    taken = (_peak(status) - before) / 1024
    assert taken < MOST_MB, f"{taken:.0f} MB"


def _peak(status: Path) -> int:
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))

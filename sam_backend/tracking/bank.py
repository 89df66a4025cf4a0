"""What is remembered of one object: a few frames, however long the video is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Remembered:
    """A frame: memory bfloat16 [tokens, memory width], None once only the pointer [1, width] counts."""

    pointer: Tensor
    memory: Tensor | None


@dataclass(slots=True)
class Bank:
    """Memories of one object by frame number.

    `marked` are the frames that somebody marked, those nearest to the one marked last: twice as many as are read,
    enough for the nearest ones on either side. Of the others those near the frame looked at last are kept, and those
    near where the walk began, which the walk in the other direction reads.

    Args:
        frames: memories that are read besides those of marked frames, and one.
        pointers: pointers that are read.
        most: marked frames whose memories and pointers are read at once, the nearest ones.
    """

    frames: int
    pointers: int
    most: int
    marked: dict[int, Remembered] = field(default_factory=dict)
    found: dict[int, Remembered] = field(default_factory=dict)

    def mark(self, frame: int, kept: Remembered) -> None:
        """Somebody said where the object is, or that it is not: this counts for good."""
        self.found.pop(frame, None)
        self.marked[frame] = kept
        if len(self.marked) > 2 * self.most:
            del self.marked[max(self.marked, key=lambda number: abs(number - frame))]

    def add(self, frame: int, kept: Remembered, begin: int) -> None:
        """The object was followed to this frame, on a walk that began at `begin`."""
        self.found[frame] = kept
        for number in list(self.found):
            near = min(abs(number - frame), abs(number - begin))
            if near >= self.pointers:
                del self.found[number]
            elif near >= self.frames and self.found[number].memory is not None:
                self.found[number] = Remembered(self.found[number].pointer, None)

    def nearest(self, frame: int) -> list[int]:
        """Marked frames that are read at this one: all, or the last before it, the first behind, and then the nearest,
        in the order in which they were marked when all are read."""
        if len(self.marked) <= self.most:
            return list(self.marked)
        before = max((number for number in self.marked if number < frame), default=None)
        behind = min((number for number in self.marked if number >= frame), default=None)
        chosen = [number for number in (before, behind) if number is not None]
        others = sorted((number for number in self.marked if number not in chosen), key=lambda n: abs(n - frame))
        return chosen + others[: self.most - len(chosen)]

    def memories(self, frame: int, step: int) -> Iterator[tuple[int, Tensor]]:
        """(frames between, memory) of those that are read at this frame; 0 for marked ones. `step` is 1 forwards and -1
        backwards."""
        chosen = self.nearest(frame)
        for number in chosen:
            memory = self.marked[number].memory
            assert memory is not None  # only found ones are let go
            yield 0, memory
        for apart in range(self.frames - 1, 0, -1):
            kept = self._passed(frame - step * apart, chosen)
            if kept is not None and kept.memory is not None:
                yield apart, kept.memory

    def _passed(self, number: int, chosen: list[int]) -> Remembered | None:
        """What is kept of a frame that the object was followed to; a marked one that is not among the chosen counts as
        such a frame."""
        return self.found.get(number) or (None if number in chosen else self.marked.get(number))

    def ahead_pointers(self, frame: int, step: int, count: int) -> Iterator[tuple[float, Tensor]]:
        """(frames between, as a share of the farthest that counts; pointer) of those that were passed before this frame
        on the way; `count` pointers count at most."""
        farthest, chosen = max(count - 1, 1), self.nearest(frame)
        for number in chosen:
            if (frame - number) * step >= 0:
                yield (frame - number) * step / farthest, self.marked[number].pointer
        for apart in range(1, count):
            kept = self._passed(frame - step * apart, chosen)
            if kept is not None:
                yield apart / farthest, kept.pointer

    def values(self) -> int:
        """Numbers that are kept, to tell how much memory an object takes."""
        rows = [*self.marked.values(), *self.found.values()]
        return sum(row.pointer.numel() + (0 if row.memory is None else row.memory.numel()) for row in rows)

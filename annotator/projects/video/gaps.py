"""Telling what a video leaves out: holes between its frames, an end that is missing, frames that are announced only.

Containers differ in what they announce: AVI and MP4 count their frames, MP4 knows the length of its images, WebM only
that of the whole file, sound included. Each is held against what came out."""

from __future__ import annotations

from dataclasses import dataclass, field

HOLE_SECONDS, HOLE_FRAMES = 1.0, 5
"""A step between two frames that is longer than both is a hole; screen recordings rest for less."""
END_SECONDS, END_FRAMES = 0.3, 3
END_BESIDE_SOUND = 1.5
"""Sound often goes on behind the last image."""


@dataclass(slots=True)
class Gaps:
    """Watches the seconds of frames go by. `period` is the seconds of a frame, None when nobody knows; `announced` the
    number of frames that the file counts, 0 when it counts none."""

    period: float | None
    announced: int
    duration: float | None
    beside_sound: bool
    seen: int = 0
    last: float | None = None
    holes: list[tuple[float, float]] = field(default_factory=list)

    def see(self, second: float) -> None:
        """Take note of the next frame."""
        longest = max(HOLE_SECONDS, HOLE_FRAMES * (self.period or 0))
        if self.last is not None and second - self.last > longest:
            self.holes.append((self.last, second))
        self.seen += 1
        self.last = second

    def hole_notes(self) -> list[str]:
        """Return a sentence about holes so far, if there were any."""
        if not self.holes:
            return []
        start, end = max(self.holes, key=lambda hole: hole[1] - hole[0])
        if len(self.holes) == 1:
            return [f"It has no frame between second {start:.1f} and {end:.1f}."]
        return [f"It has {len(self.holes)} gaps; the longest goes from second {start:.1f} to {end:.1f}."]

    def end_notes(self, from_start: bool, left_out: int) -> list[str]:
        """Return sentences about the end, once everything was read; `left_out` frames were told already."""
        missing_end = self._missing_end()
        if missing_end:
            return [f"It breaks off after second {self.last:.1f} of {self.duration:.1f}."]
        if from_start and self.last is not None and self.seen + left_out < self.announced - 1:
            return [f"It announces {self.announced:,} frames, of which {self.seen:,} are there: its end is missing."]
        return []

    def _missing_end(self) -> bool:
        if not self.duration or self.last is None:
            return False
        slack = END_BESIDE_SOUND if self.beside_sound else END_SECONDS
        return self.last < self.duration - max(slack, END_FRAMES * (self.period or 0))

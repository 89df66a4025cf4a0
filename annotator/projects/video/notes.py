"""What a frame says of the video it is from."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOTE = re.compile(r"From second [\d.]+ of “(.*)”\.", re.DOTALL)


def frame_note(second: float, video: str) -> str:
    """Return the note that a frame carries."""
    return f"From second {second:.3f} of “{video}”."


def video_of(notes: Iterable[str]) -> str:
    """Return the video's name out of an image's notes, "" when it is no frame."""
    return next((found[1] for note in notes if (found := _NOTE.fullmatch(note))), "")

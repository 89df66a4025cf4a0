"""A model that knows two words: it stands where `lending.load_in_words` would make a finder, and nowhere else.

Everything above it is the product's own: the run, masks to run lengths, suggestions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sam_backend.phrases import Phrase, Seen

MOST_LETTERS = 30
# Where a cat, and two dogs, lie in every picture: x, y, width, height in hundredths of its sides; and their scores.
KNOWN = {"cat": [((10, 20, 30, 40), 0.9)], "dog": [((55, 10, 20, 20), 0.8), ((60, 60, 30, 30), 0.4)]}


@dataclass(slots=True)
class KnownWords:
    """Finds what KNOWN says; of a phrase of example boxes alone, the first box itself. `asked` are the phrases so far;
    `trouble` is raised for those words."""

    asked: list[str] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    trouble: dict[str, Exception] = field(default_factory=dict)

    def check(self, words: str) -> None:
        if len(words) > MOST_LETTERS:
            raise ValueError(f"“{words[:20]}…” is too long for this model.")

    def look(self, rgb: npt.NDArray[np.uint8]) -> tuple[int, int]:
        return rgb.shape[0], rgb.shape[1]

    def find(
        self, looked: tuple[int, int], phrase: Phrase, *, threshold: float | None, nms: float | None
    ) -> Iterator[Seen]:
        self.asked.append(phrase.words)
        self.phrases.append(phrase)
        if phrase.words in self.trouble:
            raise self.trouble[phrase.words]
        height, width = looked
        for (x, y, wide, tall), score in KNOWN.get(phrase.words, []):
            if score > (0.3 if threshold is None else threshold):
                sides = x * width // 100, y * height // 100, wide * width // 100, tall * height // 100
                yield Seen(_filled(looked, *sides), score, 0.75)
        if not phrase.words:
            x0, y0, x1, y1 = map(round, phrase.boxes[0])
            yield Seen(_filled(looked, x0, y0, x1 - x0, y1 - y0), 0.7, 0.75)


def _filled(looked: tuple[int, int], x: int, y: int, width: int, height: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(looked, bool)
    mask[y : y + height, x : x + width] = True
    return mask

"""From phrases to masks: the one place of this room that calls the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from annotator.projects.models import Image
from annotator.projects.renditions import read_rgb
from annotator.suggestions.known import Found, point_inside
from annotator.suggestions.words.asked import Kind
from export import rle
from sam_backend.phrases import Finder


@dataclass(frozen=True, slots=True)
class Named:
    """A mask, and the kind of object it was found as."""

    kind: Kind
    found: Found


def check(finder: Finder, kinds: Iterable[Kind]) -> None:
    """Raise ValueError with a sentence where the model cannot be asked for one of these."""
    for kind in kinds:
        finder.check(kind.words)


def masks(
    finder: Finder, image: Image, kinds: Sequence[Kind], threshold: float | None, nms: float | None,
    tell: Callable[[int], None],
) -> list[Named]:  # fmt: skip
    """What the model finds of each kind, the best score first. `tell` hears of each kind's number before it is asked
    for; what that raises stops it.

    Raises FileNotFoundError, ValueError when the picture or the model is broken, MemoryError when it is too large."""
    done = []
    looked = finder.look(read_rgb(image.sha256))
    for number, kind in enumerate(kinds):
        tell(number)
        for seen in finder.find(looked, kind.phrase, threshold=threshold, nms=nms):
            mask = rle.encode(seen.mask)
            if rle.area(mask):
                whole = (0, 0, image.width, image.height)
                done.append(Named(kind, Found(mask, seen.score, seen.stability, point_inside(mask), whole)))
    return sorted(done, key=lambda one: -one.found.predicted_iou)

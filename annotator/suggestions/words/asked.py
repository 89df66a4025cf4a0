"""What somebody asks for: phrases, each with a label, and how sure the model must be."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotator.annotations.models import Annotation
from annotator.lib.boxes import corners_within
from annotator.lib.errors import refused
from annotator.projects.models import Image, Label, Project
from sam_backend.phrases import Box, Phrase

MOST_PHRASES = 50
MOST_BOXES = 20
MOST_CHARACTERS = 200
"""Of one phrase. A model reads less yet (SAM 3: 32 tokens) and says so when it has read it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object to look for, and the label that what is found gets; boxes are example boxes of the image,
    x, y, width and height in pixels: of the kind, and of what is not meant."""

    words: str
    label: uuid.UUID | None = None
    boxes: tuple[Box, ...] = ()
    unlike: tuple[Box, ...] = ()

    @property
    def phrase(self) -> Phrase:
        """As the library wants it."""
        return Phrase(self.words, tuple(map(_corners, self.boxes)), tuple(map(_corners, self.unlike)))

    def to_json(self) -> dict[str, Any]:
        """As plain data that `from_json` takes back."""
        boxes = {name: [list(box) for box in getattr(self, name)] for name in ("boxes", "unlike")}
        return asdict(self) | {"label": None if self.label is None else str(self.label)} | boxes

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Kind:
        """Of a run's parameters."""
        label = data["label"]
        return cls(
            data["words"], None if label is None else uuid.UUID(label), _tuples(data["boxes"]), _tuples(data["unlike"])
        )


def read(project: Project, given: list[dict[str, Any]], image: Image | None = None) -> list[Kind]:
    """Return what the phrases of a request ask for: each with "words", a "label" whose name says it where no words do,
    and on an image "boxes" and "unlike", or "objects" and "unlike_objects" for the boxes of what is drawn there. Raises
    ApiError that names what cannot be asked."""
    if not 1 <= len(given) <= MOST_PHRASES:
        raise refused("phrases", f"Between 1 and {MOST_PHRASES} phrases can be asked for at once.")
    labels = dict(Label.objects.filter(project=project).values_list("pk", "name"))
    examples = _Examples(image, given) if image is not None else None
    kinds = [_one(number, one, labels, examples) for number, one in enumerate(given)]
    return list(dict.fromkeys(kinds))


def _one(number: int, given: dict[str, Any], labels: Mapping[uuid.UUID, str], examples: _Examples | None) -> Kind:
    label, field = given.get("label"), f"phrases.{number}"
    if label is not None and label not in labels:
        raise refused(field, "This label is not one of the project's labels; it may have been deleted.")
    boxes = examples.boxes(field, given.get("boxes", []), given.get("objects", [])) if examples else ()
    unlike = examples.boxes(field, given.get("unlike", []), given.get("unlike_objects", [])) if examples else ()
    words = " ".join(given.get("words", "").split())
    if not words and label is not None and not boxes:
        words = labels[label]
    if not words and not boxes:
        how = "in words such as “yellow school bus”, or choose a label"
        raise refused(field, f"Say what to look for, {how}{', or give an example' if examples else ''}.")
    if len(words) > MOST_CHARACTERS:
        raise refused(field, f"{len(words)} characters are too many; up to {MOST_CHARACTERS} can be asked for.")
    return Kind(words, label, boxes, unlike)


class _Examples:
    """Examples on one image, and the objects that are drawn there."""

    def __init__(self, image: Image, phrases: list[dict[str, Any]]) -> None:
        self._image = image
        named = {pk for phrase in phrases for name in ("objects", "unlike_objects") for pk in phrase.get(name, [])}
        rows = Annotation.objects.filter(image=image, pk__in=named, deleted_at=None) if named else []
        self._drawn = {row.pk: row.bbox for row in rows}

    def boxes(self, field: str, given: list[list[float]], objects: list[uuid.UUID]) -> tuple[Box, ...]:
        """Return both as boxes. Raises ApiError."""
        if len(given) + len(objects) > MOST_BOXES:
            raise refused(field, f"Up to {MOST_BOXES} examples can be given.")
        if missing := [pk for pk in objects if pk not in self._drawn]:
            raise refused(field, f"{len(missing)} of the examples are not on this image (any more).")
        found = [*given, *([float(side) for side in self._drawn[pk]] for pk in objects)]
        return tuple(dict.fromkeys(_cut(field, box, self._image) for box in found))


def _cut(field: str, box: Sequence[float], image: Image) -> Box:
    """As far as it lies on the image."""
    corners = corners_within(box, image.width, image.height)
    if corners is None:
        raise refused(field, f"Nothing of an example box lies on the image ({image.width} × {image.height} pixels).")
    left, top, right, bottom = corners
    return left, top, right - left, bottom - top


def _corners(box: Box) -> Box:
    x, y, width, height = box
    return x, y, x + width, y + height


def _tuples(boxes: Iterable[Iterable[float]]) -> tuple[Box, ...]:
    return tuple((x, y, width, height) for x, y, width, height in boxes)

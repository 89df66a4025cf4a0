"""A detector's results, in COCO's form, to boxes on images of a project.

COCO results name images and categories by number; which is which stands in the "images" and "categories" of the file
that the detector was run on. Programs may name both in words instead: "file_name" and "category".
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from annotator.lib.boxes import corners_within
from annotator.lib.numbers import is_number

MOST_BOXES = 20_000
MOST_ON_AN_IMAGE = 1_000
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the project: its name with folder, its size in pixels."""

    pk: uuid.UUID
    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its place in the file, x, y, width and height in image pixels (cut to the image), the detector's
    score, and what the file calls image and category."""

    number: int
    box: tuple[float, float, float, float]
    score: float
    category: str
    category_id: int | None
    image_id: int | str | None

    def to_json(self) -> dict[str, Any]:
        """As plain data that `from_json` takes back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Box:
        """Of a row of `BoxPrompts`."""
        x, y, width, height = data["box"]
        return cls(**(dict(data) | {"box": (x, y, width, height)}))


@dataclass(slots=True)
class Read:
    """Boxes by image, and what of the file cannot be used."""

    boxes: dict[uuid.UUID, list[Box]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)
    """Sentences, the first `MOST_PROBLEMS`."""
    refused: int = 0

    def refuse(self, number: int, sentence: str) -> None:
        """Leave a box out."""
        self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"Box {number + 1}: {sentence}")


class Reader:
    """Reads results against a project's images."""

    def __init__(self, pictures: Iterable[Picture], images: Iterable[Any], categories: Iterable[Any]) -> None:
        self._by_name: dict[str, list[Picture]] = defaultdict(list)
        for picture in pictures:
            for name in {picture.path, picture.path.rpartition("/")[2], str(picture.pk)}:
                self._by_name[name].append(picture)
        self._files = _named(images, "file_name")
        self._categories = _named(categories, "name")

    def read(self, results: list[Any]) -> Read:
        """Sort the boxes by image; each that cannot be used leaves a sentence."""
        found = Read()
        for number, result in enumerate(results):
            try:
                picture, box = self._one(number, result)
            except ValueError as error:
                found.refuse(number, str(error))
                continue
            if len(found.boxes[picture.pk]) >= MOST_ON_AN_IMAGE:
                found.refuse(number, f"“{picture.path}” has {MOST_ON_AN_IMAGE:,} boxes already, the most there may be.")
                continue
            found.boxes[picture.pk].append(box)
        return found

    def _one(self, number: int, result: Any) -> tuple[Picture, Box]:
        if not isinstance(result, dict):
            raise ValueError("It is no object.")
        picture = self._picture(result)
        category_id = result.get("category_id")
        if not _whole(category_id):
            category_id = None
        category = result.get("category", self._categories.get(category_id, ""))
        score = result.get("score", 1.0)
        if not is_number(score):
            raise ValueError("Its score is no number.")
        image_id = result.get("image_id")
        box = Box(
            number, _cut(result.get("bbox"), picture), float(score), str(category)[:200], category_id,
            image_id if _whole(image_id) else str(image_id)[:200] if image_id is not None else None,
        )  # fmt: skip
        return picture, box

    def _picture(self, result: dict[str, Any]) -> Picture:
        name, key = result.get("file_name"), result.get("image_id")
        if name is None and _whole(key):
            name = self._files.get(key)
            if name is None:
                raise ValueError(
                    f"Image {key} is a number, and no “images” say which it is. Send those of the file that the "
                    "detector was run on, too, or name images by “file_name”."
                )
        name = str(key if name is None else name)[:1000]
        there = self._by_name.get(name, [])
        if not there:
            raise ValueError(f"No image of the project is called “{name[:200]}”.")
        if len(there) > 1:
            raise ValueError(f"Several images are called “{name[:200]}”. Name it with its folder.")
        return there[0]


def _named(rows: Iterable[Any], name: str) -> dict[Any, str]:
    """Id → name of COCO's "images" or "categories"."""
    return {
        row["id"]: row[name]
        for row in rows
        if isinstance(row, dict) and _whole(row.get("id")) and isinstance(row.get(name), str)
    }


def _cut(bbox: Any, picture: Picture) -> tuple[float, float, float, float]:
    """COCO's [x, y, width, height], as far as it lies on the image."""
    if not isinstance(bbox, list) or len(bbox) != 4 or not all(is_number(value) for value in bbox):
        raise ValueError("Its bbox has to be four numbers: x, y, width and height in pixels.")
    corners = corners_within([float(value) for value in bbox], picture.width, picture.height)
    if corners is None:
        size = f"{picture.width} × {picture.height}"
        raise ValueError(f"Nothing of its bbox lies on “{picture.path}” ({size} pixels).")
    left, top, right, bottom = corners
    return left, top, right - left, bottom - top


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

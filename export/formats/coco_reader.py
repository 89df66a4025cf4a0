"""Reads COCO instances: run lengths (both spellings) and polygons; what is wrong is listed, never fatal.

- Every COCO file of an archive is read. Its split is what its name says after `instances_`, or its folder
  (`train/_annotations.coco.json`); "default" is none.
- Polygons are filled as COCO's own code does it, parts united.
- A `score`, as results have it, becomes an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from export import rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import TRACK, about_image, about_instance
from export.idset import IdSet
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import flag, items, mapping, number, text, whole
from export.reading.pictures import Pictures
from export.reading.shapes import as_coco, of_box, points
from export.reading.streaming import Document

SPLITS = {"train", "val", "valid", "validation", "test"}


def read_coco(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set of all COCO files, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    info: Mapping[str, Any] = {}
    found = False
    for path in files.paths():
        if path.endswith(".json"):
            with problems.of(path):
                document = Document(files, path)
                outline = document.outline()
                if outline is not None and {"images", "annotations"} <= set(outline):
                    found = True
                    raw = outline.get("info")
                    info = info or (raw if isinstance(raw, dict) else {})
                    _Document(path, document, outline, builder, pictures, problems).read()
    if not found:
        problems.add("", "", 'The archive has no COCO file: no JSON document with "images" and "annotations".')
    name, created = str(info.get("description", "")), str(info.get("date_created", ""))
    return builder.dataset(name, created=created), problems.listed()


def decode_segmentation(segmentation: object, height: int, width: int) -> rle.Rle:
    """COCO's `segmentation`, run lengths or polygons, as a mask. Raises ValueError (RleError) with a sentence."""
    if isinstance(segmentation, dict):
        return rle.validate(segmentation, height, width)
    if not isinstance(segmentation, list) or not segmentation:
        raise ValueError("it has no segmentation.")
    return as_coco([points(ring) for ring in segmentation], height, width)


class _Document:
    """One COCO file; its numbers mean something in it alone."""

    def __init__(
        self, path: str, document: Document, outline: Mapping[str, Any], builder: Builder, pictures: Pictures,
        problems: Problems,
    ) -> None:  # fmt: skip
        self._path, self._document, self._outline = path, document, outline
        self._builder, self._pictures, self._problems = builder, pictures, problems
        self._labels: dict[int, int] = {}
        self._images: dict[int, Place] = {}
        self._seen = IdSet()

    def read(self) -> None:
        for key, take in (("categories", self._category), ("images", self._image), ("annotations", self._annotation)):
            with self._problems.of(self._path):
                items(self._outline.get(key), f'"{key}"')
                for entry in self._document.entries(key):
                    with self._problems.of(self._path, f"{key} {_id_of(entry)}"):
                        take(entry)

    def _category(self, entry: dict[str, Any]) -> None:
        number = _unused(entry, self._labels)
        self._labels[number] = self._builder.label(
            entry["name"], number=number, supercategory=str(entry.get("supercategory") or "")
        )

    def _image(self, entry: dict[str, Any]) -> None:
        number, name = _unused(entry, self._images), text(entry["file_name"], "The image's name")
        path = self._pictures.find(name, near=self._path)
        measured = path and "width" not in entry
        given = None if measured else (whole(entry["height"]), whole(entry["width"]))
        missing = Problem(self._path, f"images {number}", f"There is no image {name!r} beside the annotations.")
        height, width = self._pictures.sized(path, given, self._problems, missing)
        about = about_image(entry.get("maskwright")) | {"split": _split_of(self._path), "path": path}
        self._images[number] = self._builder.image(name, width, height, number=number, **about)

    def _annotation(self, entry: dict[str, Any]) -> None:
        number, image, category = whole(entry["id"]), whole(entry["image_id"]), whole(entry["category_id"])
        if number in self._seen:
            raise ValueError("the id is used twice.")
        if image not in self._images:
            raise ValueError(f"there is no image {image}.")
        if category not in self._labels:
            raise ValueError(f"there is no category {category}.")
        place, about = self._images[image], about_instance(entry.get("maskwright"))
        is_box = not entry.get("segmentation") and bool(entry.get("bbox"))
        mask = (
            _box(entry, place) if is_box else decode_segmentation(entry.get("segmentation"), place.height, place.width)
        )
        attributes = dict(mapping(entry.get("attributes"), "attributes"))
        if "score" in entry:
            attributes["score"] = entry["score"]
        if "track_id" in entry:
            attributes.setdefault(TRACK, whole(entry["track_id"]))
        about |= {"is_box": is_box or about["is_box"], "is_crowd": flag(entry.get("iscrowd"))}
        self._builder.add(place, self._labels[category], mask, number=number, attributes=attributes, **about)
        self._seen.add(number)


def _box(entry: dict[str, Any], place: Place) -> rle.Rle:
    sides = items(entry["bbox"], "bbox")
    if len(sides) != 4:
        raise ValueError("A bbox has four numbers.")
    x, y, width, height = (number(side) for side in sides)
    return of_box(x, y, width, height, place.height, place.width)


def _unused(entry: dict[str, Any], taken: Mapping[int, object]) -> int:
    number = whole(entry["id"])
    if number in taken:
        raise ValueError("the id is used twice.")
    return number


def _split_of(path: str) -> str:
    place = PurePosixPath(path)
    named = re.fullmatch(r"(?:.*_)?instances_(.+)", place.stem)
    if named:
        return "" if named[1] == "default" else named[1]
    return place.parent.name if place.parent.name in SPLITS else ""


def _id_of(entry: object) -> str:
    return repr(entry.get("id", "without id"))[:40] if isinstance(entry, dict) else "that is no object"

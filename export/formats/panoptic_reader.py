"""Reads COCO panoptic: the JSON files with `segments_info` and the PNGs they name, beside them or in their folder.

A number that a PNG has and the JSON does not, or the other way round, is a problem of that image.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image
from export.formats.painting import mask_at
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import flag, items, mapping, text, whole
from export.reading.label_maps import packed, read_colours
from export.reading.pictures import Pictures
from export.reading.streaming import Document


def read_panoptic(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder = Problems(), Builder()
    found, name, created = False, "", ""
    for path in files.paths():
        if path.endswith(".json"):
            with problems.of(path):
                document = Document(files, path)
                outline = document.outline()
                if outline is not None and _is_panoptic(document, outline):
                    found = True
                    info = mapping(outline.get("info"), "info")
                    name = name or str(info.get("description", ""))
                    created = created or str(info.get("date_created", ""))
                    _Document(path, document, outline, files, builder, problems).read()
    if not found:
        problems.add("", "", 'There is no COCO panoptic file: no JSON document with "segments_info".')
    return builder.dataset(name, created=created), problems.listed()


def _is_panoptic(document: Document, outline: Mapping[str, Any]) -> bool:
    if outline.get("annotations") != [] or "images" not in outline:
        return False
    entries = islice(document.entries("annotations"), 10)
    return all(isinstance(entry, dict) and "segments_info" in entry for entry in entries)


class _Document:
    """One panoptic file."""

    def __init__(
        self, path: str, document: Document, outline: Mapping[str, Any], files: Files, builder: Builder,
        problems: Problems,
    ) -> None:  # fmt: skip
        self._path, self._document, self._outline = path, document, outline
        self._files, self._builder, self._problems = files, builder, problems
        self._maps = {place: None for place in files.paths() if place.endswith(".png")}
        folder = path.removesuffix(".json")
        self._folders = (f"{folder}/", f"{PurePosixPath(path).parent}/".removeprefix("./"))
        self._pictures = Pictures(files, without=(f"/{folder}/",))
        self._labels: dict[int, int] = {}
        self._images: dict[int, Place] = {}
        self._used: set[int] = set()

    def read(self) -> None:
        for key, take in (("categories", self._category), ("images", self._image), ("annotations", self._annotation)):
            with self._problems.of(self._path):
                items(self._outline.get(key), f'"{key}"')
                for row, entry in enumerate(self._document.entries(key), start=1):
                    with self._problems.of(self._path, f"{key} {row}"):
                        take(entry)

    def _category(self, entry: dict[str, Any]) -> None:
        number, colour = whole(entry["id"]), entry.get("color")
        if number in self._labels:
            raise ValueError("the id is used twice.")
        known = isinstance(colour, list) and len(colour) == 3 and all(type(c) is int and 0 <= c < 256 for c in colour)
        color = "#" + "".join(f"{channel:02x}" for channel in colour or ()) if known else GREY
        self._labels[number] = self._builder.label(
            entry["name"], number=number, supercategory=str(entry.get("supercategory") or ""), color=color
        )

    def _image(self, entry: dict[str, Any]) -> None:
        number = whole(entry["id"])
        if number in self._images:
            raise ValueError("the id is used twice.")
        name, width, height = text(entry["file_name"]), whole(entry["width"]), whole(entry["height"])
        path = self._pictures.find(name, near=self._path)
        missing = Problem(self._path, f"images {number}", f"There is no image {name!r} beside the annotations.")
        self._pictures.sized(path, (height, width), self._problems, missing)
        about = about_image(entry.get("maskwright")) | {"split": self._split(), "path": path}
        self._images[number] = self._builder.image(name, width, height, number=number, **about)

    def _split(self) -> str:
        named = re.fullmatch(r"(?:.*_)?panoptic_(.+)", PurePosixPath(self._path).stem)
        return named[1] if named and named[1] != "default" else ""

    def _annotation(self, entry: dict[str, Any]) -> None:
        image = whole(entry["image_id"])
        if image not in self._images:
            raise ValueError(f"there is no image {image}.")
        if image in self._used:
            raise ValueError(f"image {image} has two annotations.")
        place, name = self._images[image], text(entry["file_name"])
        path = next((folder + name for folder in self._folders if folder + name in self._maps), "")
        ids = packed(read_colours(self._files, path or name, (place.height, place.width)))
        self._used.add(image)
        there = set(np.unique(ids).tolist()) - {0}
        for segment in items(entry["segments_info"], "segments_info"):
            with self._problems.of(self._path, f"segment {segment.get('id') if isinstance(segment, dict) else ''}"):
                number, category = whole(segment["id"]), whole(segment["category_id"])
                if number not in there:
                    raise ValueError(f"{path} has no pixel of it.")
                if category not in self._labels:
                    raise ValueError(f"there is no category {category}.")
                there.discard(number)
                crowd = flag(segment.get("iscrowd"))
                self._builder.add(
                    place, self._labels[category], mask_at(ids, number, place), number=number, is_crowd=crowd
                )
        for number in sorted(there):
            self._problems.add(path, f"segment {number}", "The JSON file does not say what it is.")

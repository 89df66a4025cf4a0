"""Reads a Hugging Face image folder: every metadata.jsonl that has `objects` with `rle`, or with `bbox` alone;
where there is none, the images without objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from export import rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import items, mapping, number, text, whole
from export.reading.pictures import Pictures
from export.reading.shapes import of_box
from export.reading.streaming import lines

METADATA, LABELS = "metadata.jsonl", "labels.json"


def read_imagefolder(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    labels: list[int] = []
    with problems.of(LABELS):
        if LABELS in files.paths():
            for entry in items(mapping(files.json(LABELS), LABELS).get("labels"), "labels"):
                labels.append(builder.label(entry["name"], color=str(entry.get("color") or GREY)))
    found = False
    for path in files.paths():
        if PurePosixPath(path).name == METADATA:
            found = True
            with problems.of(path):
                for row, line in enumerate(lines(files, path), start=1):
                    if line.strip():
                        with problems.of(path, f"line {row}"):
                            _line(path, mapping(json.loads(line), "A line"), labels, problems).read(builder, pictures)
    if not found:
        _without_list(builder, pictures, problems)
    return builder.dataset(), problems.listed()


def _without_list(builder: Builder, pictures: Pictures, problems: Problems) -> None:
    """A folder of images alone is one, too: without objects."""
    if not pictures:
        problems.add("", "", f"There is no {METADATA}, and no image.")
    for path in pictures.paths():
        with problems.of(path):
            size = pictures.measure(path)
            builder.image(path, size.width, size.height, path=path)


def _line(path: str, line: Mapping[str, Any], labels: list[int], problems: Problems) -> Line:
    folder = PurePosixPath(path).parent
    return Line(path, line, labels, problems, folder=str(folder), split=folder.name)


class Line:
    """One image's line. Its picture lies in `folder`; `split` is its, unless the line says it."""

    def __init__(
        self, path: str, line: Mapping[str, Any], labels: list[int], problems: Problems, *, folder: str, split: str
    ) -> None:
        self._path, self._line, self._labels, self._problems = path, line, labels, problems
        self._folder, self._split = folder, split

    def read(self, builder: Builder, pictures: Pictures) -> None:
        """The image and its objects."""
        name = text(self._line["file_name"], "file_name")
        found = pictures.find(f"{self._folder}/{name}") or pictures.find(name, near=self._path)
        given = (whole(self._line["height"]), whole(self._line["width"])) if "width" in self._line else None
        missing = Problem(self._path, name, "There is no such image beside the list.")
        height, width = pictures.sized(found, given, self._problems, missing)
        raw = self._line.get("maskwright")
        own = mapping(json.loads(raw) if isinstance(raw, str) else raw, "maskwright")
        about = about_image({key: value for key, value in own.items() if key != "number"})
        about |= {"split": about["split"] if own else self._split, "path": found}
        about |= {"number": whole(own["number"])} if "number" in own else {}
        about["tags"] = [text(tag, "A tag") for tag in items(self._line.get("tags"), "tags")]
        place = builder.image(name, width, height, **about)
        objects = mapping(self._line.get("objects"), "objects")
        count = max((len(items(column, key)) for key, column in objects.items()), default=0)
        for row in range(count):
            with self._problems.of(self._path, f"{name}, object {row + 1}"):
                one = {key: column[row] for key, column in objects.items() if row < len(column)}
                self._add(one, place, builder)

    def _add(self, one: Mapping[str, Any], place: Place, builder: Builder) -> None:
        if one.get("rle"):
            shape = {"size": [place.height, place.width], "counts": one["rle"]}
            mask = rle.validate(shape, place.height, place.width)
        else:
            x, y, width, height = (number(side) for side in items(one["bbox"], "bbox"))
            mask = of_box(x, y, width, height, place.height, place.width)
        extra = mapping(json.loads(one["extra"]) if one.get("extra") else {}, "extra")
        about = about_instance(extra) | {"attributes": dict(mapping(extra.get("attributes"), "attributes"))}
        about["is_box"] = about["is_box"] or not one.get("rle")
        given = whole(one["id"]) if "id" in one else None
        builder.add(
            place, self._label(one.get("category", one.get("categories")), builder), mask, number=given, **about
        )

    def _label(self, category: object, builder: Builder) -> int | None:
        if isinstance(category, str):
            return builder.label(category)
        if category is None or category == -1:
            return None
        row = whole(category)
        if not self._labels:
            return builder.label(str(row))
        if not 0 <= row < len(self._labels):
            raise ValueError(f"There is no label {row} among the {len(self._labels)} that are named.")
        return self._labels[row]

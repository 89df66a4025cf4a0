"""Reads CSV tables of objects: ours, and others' that have an image and a mask or a box in each row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from export import rle
from export.archive import ArchiveError
from export.dataset import Dataset
from export.files import Files
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import items, mapping, number, numeral, text, whole, whole_numeral
from export.reading.pictures import Pictures
from export.reading.shapes import of_box

OBJECTS, IMAGES = "objects.csv", "images.csv"
Row = Mapping[str, str]
_IMAGE_COLUMNS = ("image", "file_name", "filename", "image_name", "image_path", "path")
_LABEL_COLUMNS = ("label", "class", "category", "class_name")
_CORNERS, _SIDES = ("xmin", "ymin", "xmax", "ymax"), ("x", "y", "w", "h")
_KNOWN = {
    *_IMAGE_COLUMNS, *_LABEL_COLUMNS, *_CORNERS, *_SIDES, "id", "image_id", "height", "width", "area", "rle", "z_order",
    "box", "crowd", "predicted_iou", "stability_score", "point_coords", "crop_box", "attributes", "split",
}  # fmt: skip


def read_csv(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set of all tables, and what could not be taken over."""
    problems = Problems()
    reader = _Tables(files, problems)
    paths = [path for path in files.paths() if path.lower().endswith(".csv")]
    for path in sorted(paths, key=lambda path: PurePosixPath(path).name != IMAGES):
        with problems.of(path):
            for row, fields in enumerate(_rows(files, path), start=2):
                with problems.of(path, f"row {row}"):
                    reader.image(fields, path) if PurePosixPath(path).name == IMAGES else reader.add(fields, path)
    if not paths:
        problems.add("", "", "There is no CSV file.")
    return reader.builder.dataset(), problems.listed()


def _rows(files: Files, path: str) -> Iterator[Row]:
    csv.field_size_limit(rle.MAX_TEXT)
    with files.open(path) as file:
        lines = io.TextIOWrapper(file, "utf-8-sig", newline="")
        table = csv.DictReader(lines)
        try:
            for fields in table:
                if None in fields or None in fields.values():
                    raise ArchiveError(f"Row {table.line_num} has another number of columns than the first.")
                yield fields
        except (csv.Error, UnicodeDecodeError) as error:
            raise ArchiveError(f"It is no CSV table in UTF-8: {error}.") from error


class _Tables:
    """Images are known from images.csv, or met in the rows of objects."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self._pictures, self._problems, self.builder = Pictures(files), problems, Builder()
        self._images: dict[str, Place] = {}
        self._numbers: set[int] = set()

    def image(self, fields: Row, path: str) -> Place:
        """Adds the image of a row. Raises ValueError when its size cannot be known."""
        name = _first(fields, _IMAGE_COLUMNS, "an image")
        found = self._pictures.find(name, near=path)
        known = fields.get("height") and fields.get("width")
        size = (whole_numeral(fields["height"]), whole_numeral(fields["width"])) if known else None
        missing = Problem(path, name, "There is no such image beside the table.")
        height, width = self._pictures.sized(found, size, self._problems, missing)
        given = fields.get("id") if PurePosixPath(path).name == IMAGES else fields.get("image_id")
        number = whole_numeral(given) if given and given.isdecimal() else None
        tags = [text(tag, "A tag") for tag in items(_json(fields.get("tags") or "[]"), "tags")]
        about: dict[str, Any] = {"number": number, "tags": tags, "split": fields.get("split", ""), "path": found}
        self._images[name] = self.builder.image(name, width, height, **about)
        return self._images[name]

    def add(self, fields: Row, path: str) -> None:
        """Adds the object of a row; one without mask and box only names its image."""
        name = _first(fields, _IMAGE_COLUMNS, "an image")
        place = self._images.get(name) or self.image(fields, path)
        has_corners = all(fields.get(side) for side in _CORNERS)
        if fields.get("rle"):
            size = [place.height, place.width]
            mask = rle.validate({"size": size, "counts": fields["rle"]}, place.height, place.width)
        elif has_corners or all(fields.get(side) for side in _SIDES):
            x, y, right, bottom = (numeral(fields[side]) for side in (_CORNERS if has_corners else _SIDES))
            across, down = (right - x, bottom - y) if has_corners else (right, bottom)
            mask = of_box(x, y, across, down, place.height, place.width)
        else:
            return
        label = next((fields[column] for column in _LABEL_COLUMNS if fields.get(column)), "")
        own = whole_numeral(fields["id"]) if fields.get("id", "").isdecimal() else None
        if own is not None and own in self._numbers:
            raise ValueError(f"the id {own} is used twice.")
        self.builder.add(
            place, self.builder.label(label) if label else None, mask, number=own, attributes=_attributes(fields),
            z_order=whole_numeral(fields.get("z_order") or "0"), is_crowd=fields.get("crowd") == "1",
            is_box=fields.get("box") == "1" or not fields.get("rle"), **_origin(fields),
        )  # fmt: skip
        self._numbers |= {own} if own is not None else set()


def _origin(fields: Row) -> dict[str, Any]:
    points = items(_json(fields.get("point_coords") or "[]"), "point_coords")
    crop = [whole(side) for side in items(_json(fields.get("crop_box") or "[]"), "crop_box")]
    scores = {name: numeral(fields[name]) for name in ("predicted_iou", "stability_score") if fields.get(name)}
    origin: dict[str, Any] = scores | {"point_coords": tuple((number(x), number(y)) for x, y in points)}
    return origin | ({"crop_box": tuple(crop)} if len(crop) == 4 else {})


def _attributes(fields: Row) -> dict[str, Any]:
    own = dict(mapping(_json(fields.get("attributes") or "{}"), "attributes"))
    return {name: value for name, value in fields.items() if name not in _KNOWN and value} | own


def _first(fields: Row, columns: tuple[str, ...], what: str) -> str:
    found = next((fields[column] for column in columns if fields.get(column)), "")
    if not found:
        raise ValueError(f"The row names no column for {what}: one of {', '.join(columns)}.")
    return found


def _json(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise ValueError(f"{raw[:40]!r} is not JSON.") from None

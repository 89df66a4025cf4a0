"""Reads LabelMe: masks, polygons, rectangles and circles; lines and points are no masks and are listed as problems.

- Shapes of one `group_id` and one label are one object.
- An image's name is where its JSON file lies and what `imagePath` calls it. Its flags that are set are its tags.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from export import crops, rle
from export.archive import ArchiveError
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import items, mapping, number, shortened, text, whole
from export.reading.label_maps import decode
from export.reading.pictures import Pictures
from export.reading.shapes import of_box, of_ellipse, of_rings, pairs

Shape = dict[str, Any]


def read_labelme(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    found = False
    for path in files.paths():
        if path.endswith(".json"):
            with problems.of(path):
                document = files.json(path)
                if isinstance(document, dict) and "shapes" in document:
                    found = True
                    _read(path, document, builder, pictures, problems)
    if not found:
        problems.add("", "", 'There is no LabelMe file: no JSON document with "shapes".')
    return builder.dataset(), problems.listed()


def _read(path: str, document: Shape, builder: Builder, pictures: Pictures, problems: Problems) -> None:
    name = PurePosixPath(text(document.get("imagePath"), "imagePath").replace("\\", "/")).name
    beside = str(PurePosixPath(path).with_name(name)) if name else ""
    picture = pictures.find(beside) or pictures.find(name, near=path)
    has_size = document.get("imageHeight") is not None
    given = (whole(document["imageHeight"]), whole(document["imageWidth"])) if has_size else None
    missing = Problem(path, "", f"There is no image {name!r} beside it.")
    height, width = pictures.sized(picture, given, problems, missing)
    about = about_image(document.get("maskwright"))
    about["tags"] = about["tags"] or [
        text(tag) for tag, on in mapping(document.get("flags"), "flags").items() if on is True
    ]
    place = builder.image(about.pop("name", beside), width, height, path=picture, **about)
    for group in _groups(items(document["shapes"], "shapes")):
        with problems.of(path, f"shape {group[0][0]}"):
            _add([shape for _, shape in group], builder, place, ours="maskwright" in document)


def _groups(shapes: list[Any]) -> list[list[tuple[int, Shape]]]:
    """Shapes with their rows, those of one object together."""
    groups: dict[object, list[tuple[int, Shape]]] = {}
    for row, shape in enumerate(shapes, start=1):
        known = isinstance(shape, dict) and type(shape.get("group_id")) is int
        key = (shape["group_id"], str(shape.get("label"))) if known else f"row {row}"
        groups.setdefault(key, []).append((row, shape))
    return list(groups.values())


def _add(shapes: list[Shape], builder: Builder, place: Place, *, ours: bool) -> None:
    masks = [_mask(shape, place) for shape in shapes]
    first = shapes[0]
    label = builder.label(text(first["label"], "The label"))
    about = about_instance(first.get("maskwright"))
    flags = {name: on for name, on in mapping(first.get("flags"), "flags").items() if isinstance(on, bool)}
    attributes = flags | dict(mapping(first.get("attributes"), "attributes"))
    if first.get("score") is not None:
        attributes["score"] = number(first["score"])
    if first.get("description"):
        attributes["description"] = text(first["description"])
    about["is_box"] = about["is_box"] or [shape.get("shape_type") for shape in shapes] == ["rectangle"]
    builder.add(
        place, label, masks[0] if len(masks) == 1 else rle.merge(masks),
        number=whole(first["group_id"]) if ours else None, attributes=attributes, **about,
    )  # fmt: skip


def _mask(shape: Shape, place: Place) -> rle.Rle:
    kind = shape.get("shape_type") or "polygon"
    if kind not in _KINDS:
        raise ValueError(f"A shape of type {shortened(kind)} is no mask.")
    return _KINDS[kind](shape, place)


def _bitmap(shape: Shape, place: Place) -> rle.Rle:
    corner = items(shape["points"], "points")[0]
    try:
        data = base64.b64decode(_text(shape.get("mask")).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("Its bitmap is not base64.") from None
    part = decode(data, "The bitmap", {"1", "L", "P"})
    x, y = round(number(corner[0])), round(number(corner[1]))
    inside = x >= 0 and y >= 0 and x + part.shape[1] <= place.width and y + part.shape[0] <= place.height
    if not inside:
        raise ArchiveError("The bitmap does not lie inside the image.")
    return crops.place(part, x, y, place.height, place.width)


def _polygon(shape: Shape, place: Place) -> rle.Rle:
    return of_rings([pairs(shape["points"])], place.height, place.width)


def _rectangle(shape: Shape, place: Place) -> rle.Rle:
    corners = items(shape["points"], "points")
    if len(corners) == 4:
        return _polygon(shape, place)
    (left, top), (right, bottom) = ((number(x), number(y)) for x, y in corners)
    return of_box(left, top, right - left, bottom - top, place.height, place.width)


def _circle(shape: Shape, place: Place) -> rle.Rle:
    middle, edge = (np.array([number(x), number(y)]) for x, y in items(shape["points"], "points"))
    radius = math.dist(middle, edge)
    return of_ellipse(float(middle[0]), float(middle[1]), (radius, radius), 0, place.height, place.width)


_KINDS: dict[str, Callable[[Shape, Place], rle.Rle]] = {
    "mask": _bitmap, "polygon": _polygon, "rectangle": _rectangle, "rotation": _polygon, "circle": _circle,
}  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("The bitmap is missing.")
    return value

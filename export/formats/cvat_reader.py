"""Reads CVAT for images, XML 1.1: masks, polygons, boxes and ellipses; lines, points, cuboids and skeletons are listed
as problems. The XML of videos, which has tracks, is refused.

- Attributes are text, but for those that were written here. `occluded` and `group_id` become attributes where set.
- An image's `subset` is its split.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from export import crops, rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import numeral, shortened, text, whole, whole_numeral
from export.reading.markup import children
from export.reading.pictures import Pictures
from export.reading.shapes import Points, of_box, of_ellipse, of_rings, row_major, turned

FILE = "annotations.xml"
OWN_FIELD = "maskwright"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read_cvat(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set of all XML files of this kind, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    name, created, found = "", "", False
    for path in files.paths():
        if path.endswith(".xml"):
            with problems.of(path):
                if next(children(files.chunks(path), path)).tag != "annotations":
                    continue
                found = True
                # Once before anything is taken over: it is XML to its end, and no video's.
                if any(element.tag == "track" for element in children(files.chunks(path), path)):
                    raise ValueError("It is the XML of a video; export it as CVAT for images.")
                about = _read(path, children(files.chunks(path), path), builder, pictures, problems)
                name, created = name or about[0], created or about[1]
    if not found:
        problems.add("", "", "There is no CVAT file: no XML document with <annotations>.")
    return builder.dataset(name, created=created), problems.listed()


def mask_of(shape: Element, height: int, width: int) -> rle.Rle:
    """The mask of one shape. Raises ValueError where it has none."""
    if shape.tag not in _SHAPES:
        raise ValueError(f"A <{shape.tag[:40]}> is no mask.")
    return _SHAPES[shape.tag](shape, height, width)


def _read(
    path: str, elements: Iterable[Element], builder: Builder, pictures: Pictures, problems: Problems
) -> tuple[str, str]:
    """Takes over labels and images; returns the task's name, and when it was made."""
    name, created, row = "", "", 0
    for element in elements:
        if element.tag == "meta":
            _labels(path, element, builder, problems)
            about = element.find("*")
            if about is not None:
                name, created = name or about.findtext("name", ""), created or about.findtext("created", "")
        elif element.tag == "image":
            row += 1
            with problems.of(path, f"image {row}"):
                place = _image(path, element, builder, pictures, problems)
                for number, shape in enumerate(element, start=1):
                    if shape.tag != "tag":
                        with problems.of(path, f"image {row}, shape {number}"):
                            _add(shape, place, builder)
    return name, created


def _labels(path: str, meta: Element, builder: Builder, problems: Problems) -> None:
    for label in meta.iterfind("*/labels/label"):
        if label.findtext("type", "any") != "tag":
            with problems.of(path, "labels"):
                colour = label.findtext("color") or ""
                name = label.findtext("name") or ""
                builder.label(name, color=colour.lower() if _COLOUR.fullmatch(colour) else GREY)


def _image(path: str, image: Element, builder: Builder, pictures: Pictures, problems: Problems) -> Place:
    name = text(image.get("name"), "The image's name")
    width, height = whole_numeral(image.get("width")), whole_numeral(image.get("height"))
    picture = pictures.find(name, near=path)
    missing = Problem(path, name, "There is no such image beside the annotations.")
    pictures.sized(picture, (height, width), problems, missing)
    own = _json(image.get(OWN_FIELD, "{}"))
    about = about_image({key: value for key, value in own.items() if key != "number"})
    about |= {"number": whole(own["number"])} if "number" in own else {}
    about |= {"split": image.get("subset", "").replace("default", ""), "path": picture}
    about["tags"] = [text(tag.get("label"), "The tag's label") for tag in image.iterfind("tag")]
    return builder.image(name, width, height, **about)


def _add(shape: Element, place: Place, builder: Builder) -> None:
    mask = mask_of(shape, place.height, place.width)
    label = builder.label(text(shape.get("label"), "The label"))
    attributes: dict[str, Any] = {}
    for field in shape.iterfind("attribute"):
        value = field.text or ""
        attributes[field.get("name", "")] = _value(value) if field.get(f"{OWN_FIELD}-kind") == "json" else value
    given = shape.get(f"{OWN_FIELD}-number")
    if given is None:
        attributes |= {"occluded": True} if shape.get("occluded") == "1" else {}
        attributes |= {"group_id": whole_numeral(shape.get("group_id"))} if shape.get("group_id") else {}
    about = about_instance(_json(shape.get(OWN_FIELD, "{}")))
    about |= {"z_order": whole_numeral(shape.get("z_order", "0")), "is_box": shape.tag == "box" and not _turn(shape)}
    builder.add(
        place, label, mask, number=None if given is None else whole_numeral(given), attributes=attributes, **about
    )


def _json(raw: str) -> dict[str, Any]:
    value = _value(raw)
    if not isinstance(value, dict):
        raise ValueError(f"{shortened(raw)} is no object.")
    return value


def _value(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise ValueError(f"{shortened(raw)} is not JSON.") from None


def _turn(shape: Element) -> float:
    return numeral(shape.get("rotation", "0"))


def _mask(shape: Element, height: int, width: int) -> rle.Rle:
    left, top, part_width, part_height = (whole_numeral(shape.get(s)) for s in ("left", "top", "width", "height"))
    inside = left >= 0 <= top and part_width > 0 < part_height
    if not inside or left + part_width > width or top + part_height > height:
        raise ValueError("The mask does not lie inside the image.")
    words = (shape.get("rle") or "").split(",")
    if len(words) > part_width * part_height + 1:
        raise ValueError("The mask has more runs than pixels.")
    try:
        lengths = np.array([int(word) for word in words], dtype=np.int64)
    except (ValueError, OverflowError):
        raise ValueError("The mask's runs are not whole numbers.") from None
    return crops.place(row_major(lengths, part_height, part_width), left, top, height, width)


def _polygon(shape: Element, height: int, width: int) -> rle.Rle:
    pairs = [[numeral(value) for value in pair.split(",")] for pair in (shape.get("points") or "").split(";") if pair]
    if len(pairs) < 3 or any(len(pair) != 2 for pair in pairs):
        raise ValueError("a polygon needs at least three points, x and y each.")
    return of_rings([np.array(pairs)], height, width)


def _box(shape: Element, height: int, width: int) -> rle.Rle:
    left, top, right, bottom = (numeral(shape.get(side)) for side in ("xtl", "ytl", "xbr", "ybr"))
    if not _turn(shape):
        return of_box(left, top, right - left, bottom - top, height, width)
    # CVAT turns a box around its middle.
    middle: Points = np.array([(left + right) / 2, (top + bottom) / 2])
    size = (right - left, bottom - top)
    x, y = size[0] / 2, size[1] / 2
    ring = turned(np.array([[-x, -y], [x, -y], [x, y], [-x, y]]), _turn(shape))
    return of_rings([ring + middle], height, width)


def _ellipse(shape: Element, height: int, width: int) -> rle.Rle:
    x, y, across, down = (numeral(shape.get(side)) for side in ("cx", "cy", "rx", "ry"))
    return of_ellipse(x, y, (across, down), _turn(shape), height, width)


_SHAPES: dict[str, Callable[[Element, int, int], rle.Rle]] = {
    "mask": _mask, "polygon": _polygon, "box": _box, "ellipse": _ellipse,
}  # fmt: skip

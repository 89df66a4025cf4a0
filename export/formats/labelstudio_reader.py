"""Reads Label Studio's JSON export: brushes, polygons, rectangles and ellipses; others are listed as problems.

- A label stands in the region itself, or in another result of the same id; regions of several labels get the first.
- Of a task's annotations, the ones that were not cancelled are read; predictions are not.
- Choices of the image are its tags; those of a region are its attributes, as its ratings, numbers and texts are.
- An image's name is the last part of what the task's `data` calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree.ElementTree import Element

import numpy as np

from export import rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.brush import unpack
from export.reading.builder import GREY
from export.reading.fields import items, mapping, number, shortened, text, whole
from export.reading.markup import parse_xml
from export.reading.pictures import SUFFIXES, Pictures
from export.reading.shapes import of_box, of_ellipse, of_rings, of_turned_box, pairs
from export.reading.streaming import Document

Region = Mapping[str, Any]
_SAID = {"choices", "rating", "number", "textarea", "taxonomy"}


def read_labelstudio(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set of all task lists, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    for path in files.paths():
        if path.endswith(".xml"):
            with problems.of(path):
                _read_setup(parse_xml(files.read(path, 1 << 24), path), builder)
    found = False
    for path in files.paths():
        if path.endswith(".json"):
            with problems.of(path):
                document = Document(files, path)
                if not all(isinstance(task, dict) and "data" in task for task in document.values()):
                    continue
                found = True
                for row, task in enumerate(document.values(), start=1):
                    with problems.of(path, f"task {task.get('id', row)}"):
                        _Task(path, task, problems).read(builder, pictures)
    if not found:
        problems.add("", "", 'There is no Label Studio file: no JSON list of tasks with "data".')
    return builder.dataset(), problems.listed()


def region_mask(region: Region) -> rle.Rle:
    """The mask of one region. Raises ValueError where it has none."""
    kind = str(region.get("type", "")).removesuffix("labels")
    if kind not in _SHAPES:
        raise ValueError(f"A region of type {shortened(region.get('type'))} is no mask.")
    height, width = whole(region["original_height"]), whole(region["original_width"])
    if height < 1 or width < 1 or height * width > rle.MAX_PIXELS:
        raise ValueError(f"{width} x {height} is no size of a picture that can be held.")
    if region.get("image_rotation"):
        raise ValueError("The image was turned while it was annotated; turn it back in Label Studio first.")
    return _SHAPES[kind](mapping(region["value"], "The value"), height, width)


def _read_setup(root: Element, builder: Builder) -> None:
    if root.tag == "View":
        for control in root.iter():
            if control.tag.endswith("Labels"):
                for label in control.iterfind("Label"):
                    colour = label.get("background", "")
                    known = len(colour) == 7 and colour.startswith("#")
                    builder.label(label.get("value"), color=colour if known else GREY)


class _Task:
    """One task: an image and what was said of it."""

    def __init__(self, path: str, task: Region, problems: Problems) -> None:
        self._path, self._task, self._problems = path, task, problems
        self._item = f"task {task.get('id', '')}"

    def read(self, builder: Builder, pictures: Pictures) -> None:
        results = self._results()
        own = mapping(mapping(self._task.get("meta"), "meta").get("maskwright"), "maskwright")
        data = mapping(self._task["data"], "data")
        name = _name_of(data)
        found = pictures.find(name, near=self._path) or pictures.find(name.rpartition("/")[2], near=self._path)
        missing = Problem(self._path, self._item, f"There is no image {name!r} beside the tasks.")
        height, width = pictures.sized(found, _size(results, own), self._problems, missing)
        about = about_image(own) | {"path": found, "tags": _tags(results)}
        about["split"] = str(data.get("split", ""))
        place = builder.image(about.pop("name", name), width, height, **about)
        for group in _groups(results):
            with self._problems.of(self._path, f"{self._item}, region {group[0].get('id', '')}"):
                _add(group, place, builder, ours=bool(own))

    def _results(self) -> list[Region]:
        kept = []
        for annotation in items(self._task.get("annotations") or self._task.get("completions"), "annotations"):
            one = mapping(annotation, "An annotation")
            if one.get("was_cancelled") is not True:
                kept += [mapping(result, "A result") for result in items(one.get("result"), "result")]
        return kept


def _size(results: list[Region], own: Region) -> tuple[int, int] | None:
    """Height and width, where a region or we said them: Label Studio does with each region only."""
    for result in results:
        if result.get("original_height") is not None:
            return whole(result["original_height"]), whole(result["original_width"])
    if not own.get("size"):
        return None
    height, width = (whole(side) for side in items(own["size"], "size"))
    return height, width


def _groups(results: list[Region]) -> list[list[Region]]:
    """Results of one region: its shape first, then labels and what else was said of it."""
    groups: dict[object, list[Region]] = {}
    for row, result in enumerate(results):
        key = result.get("id")
        groups.setdefault(key if isinstance(key, str | int) else ("row", row), []).append(result)
    shaped = [sorted(group, key=lambda result: not _is_shape(result)) for group in groups.values()]
    return [group for group in shaped if _is_shape(group[0]) or group[0].get("type") not in _SAID]


def _is_shape(result: Region) -> bool:
    return str(result.get("type", "")).removesuffix("labels") in _SHAPES


def _tags(results: list[Region]) -> list[str]:
    shapes = {str(result.get("id")) for result in results if _is_shape(result)}
    said = [result for result in results if result.get("type") == "choices" and str(result.get("id")) not in shapes]
    return [text(c, "A choice") for result in said for c in items(result["value"].get("choices"), "choices")]


def _add(group: list[Region], place: Place, builder: Builder, *, ours: bool) -> None:
    region, value = group[0], mapping(group[0].get("value"), "The value")
    mask = region_mask(region)
    names = [name for result in group for name in _labels(result)]
    if not names:
        raise ValueError("The region has no label.")
    own = mapping(mapping(region.get("meta"), "meta").get("maskwright"), "maskwright")
    attributes = dict(mapping(own.get("attributes"), "attributes"))
    for result in group[1:]:
        if result.get("type") in _SAID:
            said = mapping(result.get("value"), "The value").get(str(result["type"]))
            attributes[text(result.get("from_name"), "from_name")] = (
                said[0] if isinstance(said, list) and len(said) == 1 else said
            )
    given = str(region.get("id", ""))
    is_box = str(region.get("type", "")).startswith("rectangle") and not value.get("rotation")
    builder.add(
        place, builder.label(names[0]), mask, number=int(given) if ours and given.isdecimal() else None,
        **about_instance(own) | {"attributes": attributes, "is_box": is_box},
    )  # fmt: skip


def _labels(result: Region) -> list[object]:
    value = mapping(result.get("value"), "The value")
    named = [key for key in value if key == "labels" or key.endswith("labels")]
    return [name for key in named for name in items(value[key], key)]


def _name_of(data: Region) -> str:
    """What the task calls its image: the field `image`, or the first that ends like one. Of addresses, the path's end;
    a local file's path stands in the query."""
    fields = [data.get("image"), *data.values()]
    for value in fields:
        if isinstance(value, str):
            parts = urlsplit(value) if "://" in value or value.startswith("/data/") else None
            local = parse_qs(parts.query).get("d") if parts else None
            name = local[0] if local else unquote(parts.path).rpartition("/")[2] if parts else value
            if "." in name and f".{name.rpartition('.')[2].lower()}" in SUFFIXES:
                return name
    raise ValueError("Its data names no image.")


def _brush(value: Region, height: int, width: int) -> rle.Rle:
    data = items(value.get("rle"), "rle")
    if len(data) > rle.MAX_TEXT or not all(type(byte) is int and 0 <= byte < 256 for byte in data):
        raise ValueError("The brush mask is no list of bytes, or absurdly long.")
    return unpack(bytes(data), height, width)


def _polygon(value: Region, height: int, width: int) -> rle.Rle:
    return of_rings([pairs(value["points"]) * (width / 100, height / 100)], height, width)


def _rectangle(value: Region, height: int, width: int) -> rle.Rle:
    x, y, across, down = (number(value[side]) / 100 for side in ("x", "y", "width", "height"))
    turn = number(value.get("rotation") or 0)
    if not turn:
        return of_box(x * width, y * height, across * width, down * height, height, width)
    return of_turned_box(np.array([x * width, y * height]), (across * width, down * height), turn, height, width)


def _ellipse(value: Region, height: int, width: int) -> rle.Rle:
    x, y, across, down = (number(value[side]) / 100 for side in ("x", "y", "radiusX", "radiusY"))
    turn = number(value.get("rotation") or 0)
    return of_ellipse(x * width, y * height, (across * width, down * height), turn, height, width)


_SHAPES: dict[str, Callable[[Region, int, int], rle.Rle]] = {
    "brush": _brush, "polygon": _polygon, "rectangle": _rectangle, "ellipse": _ellipse,
}  # fmt: skip

"""Reads Datumaro JSON: masks, polygons, boxes and ellipses; lines, points and captions are listed as problems.

- Masks and polygons of one group (not 0) and one label are one object; a box of that group only repeats it.
- Annotations of type "label" are tags of the image.
- Which split it is, the file's name says; "default" is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from export import rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import items, mapping, number, shortened, text, whole
from export.reading.pictures import Pictures
from export.reading.shapes import of_box, of_ellipse, of_rings, points
from export.reading.streaming import Document

TAG = "tag"
"""The parent of labels that are only ever said of whole images."""
SHAPES = {"mask", "polygon", "bbox", "ellipse"}
Annotation = dict[str, Any]


def read_datumaro(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    name, created, found = "", "", False
    for path in files.paths():
        if path.endswith(".json"):
            with problems.of(path):
                document = Document(files, path)
                outline = document.outline()
                if outline is not None and {"items", "categories"} <= set(outline):
                    found = True
                    info = mapping(outline.get("infos"), "infos")
                    name, created = name or str(info.get("name", "")), created or str(info.get("created", ""))
                    _Document(path, document, outline, builder, pictures, problems).read()
    if not found:
        problems.add("", "", 'There is no Datumaro file: no JSON document with "items" and "categories".')
    return builder.dataset(name, created=created), problems.listed()


class _Document:
    """One Datumaro file."""

    def __init__(
        self, path: str, document: Document, outline: Annotation, builder: Builder, pictures: Pictures,
        problems: Problems,
    ) -> None:  # fmt: skip
        self._path, self._document, self._outline = path, document, outline
        self._builder, self._pictures, self._problems = builder, pictures, problems
        stem = PurePosixPath(path).stem
        self._split = "" if stem == "default" else stem
        self._names: list[str] = []
        self._labels: dict[int, int] = {}

    def read(self) -> None:
        self._read_labels(mapping(self._outline["categories"], "categories"))
        items(self._outline["items"], "items")
        for row, item in enumerate(self._document.entries("items"), start=1):
            with self._problems.of(self._path, f"item {row}"):
                self._item(mapping(item, "An item"))

    def _read_labels(self, categories: Mapping[str, Any]) -> None:
        raw = mapping(categories.get("label"), "label")
        colours = {
            entry.get("label_id"): "#" + "".join(f"{whole(entry[channel]) & 255:02x}" for channel in "rgb")
            for entry in items(mapping(categories.get("mask"), "mask").get("colormap"), "colormap")
        }
        for row, entry in enumerate(items(raw.get("labels"), "labels")):
            name, parent = text(entry["name"], "The label's name"), str(entry.get("parent") or "")
            self._names.append(name)
            if parent != TAG:
                colour = colours.get(row, GREY)
                self._labels[row] = self._builder.label(name, color=colour, supercategory=parent)

    def _item(self, item: Mapping[str, Any]) -> None:
        media = mapping(item.get("image") or item.get("media"), "image")
        name = text(media.get("path") or item["id"], "The item's id")
        path = self._pictures.find(name, near=self._path) or self._pictures.find_stem(str(item["id"]), near=self._path)
        size = items(media.get("size"), "size")
        given = (whole(size[0]), whole(size[1])) if len(size) == 2 else None
        missing = Problem(self._path, name, "There is no such image beside the annotations.")
        height, width = self._pictures.sized(path, given, self._problems, missing)
        about = about_image(item.get("maskwright")) | {"split": self._split, "path": path}
        annotations = [mapping(one, "An annotation") for one in items(item.get("annotations"), "annotations")]
        about["tags"] = [self._name(one) for one in annotations if one.get("type") == "label"]
        place = self._builder.image(about.pop("name", name), width, height, **about)
        for group in _groups([dict(one) for one in annotations if one.get("type") != "label"]):
            with self._problems.of(self._path, f"{name}, annotation {group[0].get('id')}"):
                self._object(group, place)

    def _name(self, entry: Mapping[str, Any]) -> str:
        number = whole(entry["label_id"])
        if not 0 <= number < len(self._names):
            raise ValueError(f"There is no label {number}.")
        return self._names[number]

    def _object(self, group: list[Annotation], place: Place) -> None:
        masks = [_mask(one, place) for one in group]
        first = group[0]
        label = None
        if first.get("label_id") is not None:
            row = whole(first["label_id"])
            label = self._labels[row] if row in self._labels else self._builder.label(self._name(first))
        given = whole(first.get("id") or 0)
        about = about_instance(first.get("maskwright")) | {
            "z_order": whole(first.get("z_order", 0)), "is_box": [one["type"] for one in group] == ["bbox"],
            "attributes": dict(mapping(first.get("attributes"), "attributes")), "number": given or None,
        }  # fmt: skip
        self._builder.add(place, label, masks[0] if len(masks) == 1 else rle.merge(masks), **about)


def _groups(annotations: list[Annotation]) -> list[list[Annotation]]:
    groups: dict[object, list[Annotation]] = {}
    for row, one in enumerate(annotations):
        group = one.get("group")
        key = (group, str(one.get("label_id"))) if type(group) is int and group else f"row {row}"
        groups.setdefault(key, []).append(one)
    return [[one for one in group if one.get("type") != "bbox"] or group[:1] for group in groups.values()]


def _mask(one: Annotation, place: Place) -> rle.Rle:
    kind = one.get("type")
    if kind == "mask":
        run_lengths = mapping(one["rle"], "rle")
        return rle.validate({key: run_lengths[key] for key in ("size", "counts")}, place.height, place.width)
    if kind == "polygon":
        return of_rings([points(one["points"])], place.height, place.width)
    if kind == "bbox":
        x, y, width, height = (number(side) for side in items(one["bbox"], "bbox"))
        return of_box(x, y, width, height, place.height, place.width)
    if kind == "ellipse":
        left, top, right, bottom = (number(side) for side in items(one["points"], "points"))
        radii = ((right - left) / 2, (bottom - top) / 2)
        return of_ellipse((left + right) / 2, (top + bottom) / 2, radii, 0, place.height, place.width)
    raise ValueError(f"An annotation of type {shortened(kind)} is no mask.")

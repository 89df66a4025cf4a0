"""Reads V7 Darwin JSON 2.0: masks of the raster layer, polygons with all their paths, boxes and ellipses of images;
videos, and items of several slots, are refused; lines, points, skeletons and the like are listed as problems.

- `attributes` (a list of names) and `properties` (names with values) of an annotation are the object's attributes, as
  are its `instance_id` and `text`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from export import rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import items, mapping, number, shortened, text, whole
from export.reading.label_maps import MAX_PIXELS
from export.reading.pictures import Pictures
from export.reading.shapes import Points, even_odd, of_box, of_ellipse, points
from export.regions import regions

_BESIDE = frozenset({
    "id", "name", "slot_names", "attributes", "properties", "instance_id", "text", "inference", "directional_vector",
    "annotators", "reviewers", "updated_at", "ranges", "maskwright",
})  # fmt: skip
"""Fields of an annotation that are not its shape."""
Size = tuple[int, int]


def read_darwin(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    found = False
    for path in files.paths():
        if not path.endswith(".json") or path.startswith(".v7/") or "/.v7/" in path:
            continue
        with problems.of(path):
            document = files.json(path)
            if isinstance(document, dict) and "item" in document:
                found = True
                _File(path, document, problems).read(builder, pictures)
    if not found:
        problems.add("", "", 'There is no Darwin file: no JSON with "item" and "annotations".')
    return builder.dataset(), problems.listed()


def size_of(document: Mapping[str, Any]) -> Size | None:
    """Height and width of the image; None where the file does not say them. Raises ValueError for what is no image."""
    slots = items(mapping(document["item"], "item").get("slots"), "slots")
    if len(slots) > 1:
        raise ValueError(f"The item has {len(slots)} slots; an image has one.")
    slot = mapping(slots[0], "The slot") if slots else {}
    if slot.get("type", "image") != "image":
        raise ValueError(f"The item is of type {shortened(slot.get('type'))}, not an image.")
    if slot.get("width") is None or slot.get("height") is None:
        return None
    return whole(slot["height"]), whole(slot["width"])


class Raster:
    """The masks of an image's raster layer, by the ids of their annotations."""

    def __init__(self, entries: list[Any], size: Size) -> None:
        layers = [one["raster_layer"] for one in entries if isinstance(one, dict) and "raster_layer" in one]
        if len(layers) > 1:
            raise ValueError(f"It has {len(layers)} raster layers; an image has one.")
        self._masks: dict[str, rle.Rle] = {}
        if layers:
            layer = mapping(layers[0], "raster_layer")
            names = {whole(n): key for key, n in mapping(layer["mask_annotation_ids_mapping"], "mapping").items()}
            self._masks = {names[n]: mask for n, mask in regions(_numbers(layer, size)) if n in names}

    def of(self, key: object) -> rle.Rle:
        """Raises ValueError where the annotation has no pixel in it."""
        if not isinstance(key, str) or key not in self._masks:
            raise ValueError("The raster layer has no pixel of this mask.")
        return self._masks[key]


def _numbers(layer: Mapping[str, Any], size: Size) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The layer's numbers [h, w]."""
    flat = items(layer["dense_rle"], "dense_rle")
    total = size[0] * size[1]
    if total > MAX_PIXELS:
        raise ValueError(f"The raster layer has {total} pixels; {MAX_PIXELS} are the most.")
    if len(flat) % 2 or not all(type(one) is int and 0 <= one <= MAX_PIXELS for one in flat):
        raise ValueError(
            "The raster layer's dense_rle must be pairs of whole numbers: which mask, and how many pixels."
        )
    pairs = np.array(flat, dtype=np.int64).reshape(-1, 2)
    if int(pairs[:, 1].sum()) != total:
        raise ValueError(f"The raster layer makes {int(pairs[:, 1].sum())} pixels, but the image has {total}.")
    return np.repeat(pairs[:, 0].astype(np.int32), pairs[:, 1]).reshape(size)


def mask_of(entry: Mapping[str, Any], raster: Raster, size: Size) -> rle.Rle:
    """The mask of one annotation. Raises ValueError where it has none."""
    if "mask" in entry:
        return raster.of(entry.get("id"))
    if "polygon" in entry:
        return even_odd(_rings(mapping(entry["polygon"], "polygon")), *size)
    if "ellipse" in entry:
        shape = mapping(entry["ellipse"], "ellipse")
        (x, y), radii = _point(shape["center"]), _point(shape["radius"])
        return of_ellipse(x, y, radii, math.degrees(number(shape.get("angle", 0))), *size)
    kinds = sorted(set(entry) - _BESIDE - {"bounding_box"})
    if "bounding_box" in entry and not kinds:
        box = mapping(entry["bounding_box"], "bounding_box")
        x, y, width, height = (number(box[side]) for side in "xywh")
        return of_box(x, y, width, height, *size)
    raise ValueError(f"An annotation of type {shortened(kinds[0] if kinds else None)} is no mask.")


def _rings(polygon: Mapping[str, Any]) -> list[Points]:
    """All paths of a polygon; older files have one, and others beside it."""
    paths = items(polygon.get("paths"), "paths")
    if not paths and "path" in polygon:
        paths = [polygon["path"], *items(polygon.get("additional_paths"), "additional_paths")]
    if not paths:
        raise ValueError("The polygon has no path.")
    return [points([side for corner in items(path, "A path") for side in _point(corner)]) for path in paths]


def _point(raw: Any) -> tuple[float, float]:
    return number(raw["x"]), number(raw["y"])


class _File:
    """One image's file."""

    def __init__(self, path: str, document: Mapping[str, Any], problems: Problems) -> None:
        self._path, self._document, self._problems = path, document, problems

    def read(self, builder: Builder, pictures: Pictures) -> None:
        """The image and its objects."""
        item = mapping(self._document["item"], "item")
        folder = str(item.get("path") or "").strip("/")
        name = f"{folder}/{text(item['name'])}" if folder else text(item["name"])
        entries = items(self._document.get("annotations"), "annotations")
        found = pictures.find(name, near=self._path)
        missing = Problem(self._path, "", f"There is no image {name!r}.")
        size = pictures.sized(found, size_of(self._document), self._problems, missing)
        raster = Raster(entries, size)
        own = mapping(self._document.get("maskwright"), "maskwright")
        about = about_image(own) | {"path": found, "tags": self._tags(entries)}
        place = builder.image(about.pop("name", name), size[1], size[0], **about)
        for row, entry in enumerate(entries, start=1):
            if isinstance(entry, dict) and ("raster_layer" in entry or "tag" in entry):
                continue
            with self._problems.of(self._path, f"annotation {row}"):
                _add(mapping(entry, "An annotation"), raster, place, builder)

    def _tags(self, entries: list[Any]) -> list[str]:
        tags = []
        for row, entry in enumerate(entries, start=1):
            if isinstance(entry, dict) and "tag" in entry:
                with self._problems.of(self._path, f"annotation {row}"):
                    tags.append(text(entry.get("name"), "The tag's name"))
        return list(dict.fromkeys(tags))


def _add(entry: Mapping[str, Any], raster: Raster, place: Place, builder: Builder) -> None:
    mask = mask_of(entry, raster, (place.height, place.width))
    own = mapping(entry.get("maskwright"), "maskwright")
    about = about_instance({key: value for key, value in own.items() if key not in {"number", "attributes"}})
    about |= {"attributes": _attributes(entry, own), "is_box": not {"mask", "polygon", "ellipse"} & entry.keys()}
    given = whole(own["number"]) if "number" in own else None
    builder.add(place, builder.label(text(entry.get("name"), "The class")), mask, number=given, **about)


def _attributes(entry: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {text(one, "An attribute"): True for one in items(entry.get("attributes"), "attributes")}
    for one in items(entry.get("properties"), "properties"):
        found[text(one["name"], "A property's name")] = one.get("value")
    for kind, field in (("instance_id", "value"), ("text", "text")):
        if kind in entry:
            found[kind] = mapping(entry[kind], kind).get(field)
    return found | dict(mapping(own.get("attributes"), "attributes"))

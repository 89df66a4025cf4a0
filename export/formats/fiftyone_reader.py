"""Reads FiftyOne's format, new and legacy: detections with and without masks, and filled or closed polylines.

- Of several fields with objects only `ground_truth` is read where there is one: the others are predictions of the same.
- Classifications of an image are tags; a tag that names a split ("train", "val", "validation", "test") is the split.
- Fields of a detection that FiftyOne does not know are the object's attributes, as are its `confidence` and `index`.
"""

from __future__ import annotations

import base64
import binascii
import io
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from export import rle
from export.crops import place
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import flag, items, mapping, number, shortened, text, whole
from export.reading.label_maps import MAX_PIXELS, read_numbers
from export.reading.pictures import Pictures
from export.reading.shapes import even_odd, of_box, points
from export.reading.streaming import Document

METADATA, SAMPLES, FIELD = "metadata.json", "samples.json", "ground_truth"
SPLITS = frozenset({"train", "val", "validation", "test"})
_KNOWN = frozenset({
    "_id", "id", "_cls", "attributes", "tags", "label", "bounding_box", "mask", "mask_path", "iscrowd", "maskwright",
    "points", "closed", "filled", "instance", "last_modified_at", "created_at",
})  # fmt: skip
_LISTS = {"Detections": "detections", "Polylines": "polylines", "Classifications": "classifications"}
_SHAPES = frozenset({"Detection", "Polyline"})


def is_plain(name: str, value: object) -> bool:
    """Whether an attribute can be a field of a detection that comes back as the same attribute."""
    usable = name.isidentifier() and name.isascii() and not name.startswith("_") and name not in _KNOWN
    return usable and isinstance(value, str | int | float | bool)


def read_fiftyone(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    paths = [path for path in files.paths() if PurePosixPath(path).name == SAMPLES]
    for path in paths:
        beside = str(PurePosixPath(path).with_name(METADATA))
        with problems.of(beside):
            if beside in files.paths():
                _labels(mapping(files.json(beside), METADATA), builder)
        with problems.of(path):
            document = Document(files, path)
            outline = document.outline()
            if outline is None or "samples" not in outline:
                raise ValueError('There is no list of "samples".')
            for row, entry in enumerate(document.entries("samples"), start=1):
                with problems.of(path, f"sample {row}"):
                    _Sample(path, f"sample {row}", mapping(entry, "A sample"), files, problems).read(builder, pictures)
    if not paths:
        problems.add("", "", f"There is no FiftyOne data set: no {SAMPLES}.")
    return builder.dataset(), problems.listed()


def _labels(metadata: Mapping[str, Any], builder: Builder) -> None:
    own = mapping(mapping(metadata.get("info"), "info").get("maskwright"), "maskwright")
    for entry in items(own.get("labels"), "labels"):
        builder.label(entry["name"], color=str(entry.get("color") or GREY))
    for name in items(metadata.get("default_classes"), "default_classes"):
        builder.label(name)


def mask_of(detection: Mapping[str, Any], files: Files, path: str, size: tuple[int, int]) -> rle.Rle:
    """The mask of one detection on an image of that height and width: its pixels, or its box filled. A mask of another
    size than the box is stretched to it, as FiftyOne does. Raises ValueError where there is none."""
    height, width = size
    x, y, across, down = _four(detection.get("bounding_box"))
    part = _pixels(detection, files, path)
    if part is None:
        return of_box(x * width, y * height, across * width, down * height, height, width)
    left, top = round(x * width), round(y * height)
    wanted = (round((y + down) * height) - top, round((x + across) * width) - left)
    if wanted != part.shape:
        if min(wanted) < 1 or wanted[0] * wanted[1] > MAX_PIXELS:
            raise ValueError("The box has no pixel for its mask.")
        part = np.asarray(Image.fromarray(part).resize(wanted[::-1], Image.Resampling.NEAREST))
    return place(part, left, top, height, width)


def _four(box: object) -> tuple[float, float, float, float]:
    sides = items(box, "bounding_box")
    if len(sides) != 4:
        raise ValueError("A bounding_box has four numbers.")
    x, y, width, height = (number(side) for side in sides)
    return x, y, width, height


def _pixels(detection: Mapping[str, Any], files: Files, path: str) -> rle.Mask | None:
    """The pixels inside the box, or None where only the box is known."""
    raw = detection.get("mask")
    if raw is not None:
        found = _array(raw["$binary"] if isinstance(raw, dict) else raw)
    elif detection.get("mask_path"):
        place = PurePosixPath(path).parent / text(detection["mask_path"], "mask_path")
        found = read_numbers(files, str(place))
    else:
        return None
    if found.ndim != 2 or not found.size or found.dtype.kind not in "biuf":
        raise ValueError("The mask is no array of rows and columns.")
    pixels: rle.Mask = found > 0
    return pixels


def _array(raw: Any) -> np.ndarray[Any, np.dtype[Any]]:
    packed = raw["base64"] if isinstance(raw, dict) else raw
    limit = MAX_PIXELS + 4096
    try:
        inflate = zlib.decompressobj()
        data = inflate.decompress(base64.b64decode(packed), limit)
    except (binascii.Error, zlib.error, ValueError, TypeError):
        raise ValueError("The mask is no deflated base64.") from None
    if inflate.unconsumed_tail:
        raise ValueError(f"The mask unpacks to more than {limit} bytes.")
    try:
        found: np.ndarray[Any, np.dtype[Any]] = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except Exception:  # a damaged header raises what its parser likes
        raise ValueError("The mask is no NumPy array.") from None
    return found


class _Sample:
    """One image."""

    def __init__(self, path: str, row: str, sample: Mapping[str, Any], files: Files, problems: Problems) -> None:
        self._path, self._row, self._sample, self._files, self._problems = path, row, sample, files, problems

    def read(self, builder: Builder, pictures: Pictures) -> None:
        """The image and its objects."""
        if self._sample.get("_media_type", "image") != "image":
            raise ValueError(f"A sample of type {shortened(self._sample['_media_type'])} is no image.")
        name = text(self._sample["filepath"], "filepath").removeprefix("data/")
        found = pictures.find(f"{PurePosixPath(self._path).parent}/data/{name}") or pictures.find(name, near=self._path)
        size = mapping(self._sample.get("metadata"), "metadata")
        sized = size.get("width") is not None and size.get("height") is not None
        given = (whole(size["height"]), whole(size["width"])) if sized else None
        missing = Problem(self._path, self._row, f"There is no image {name!r}.")
        height, width = pictures.sized(found, given, self._problems, missing)
        about = self._about() | {"path": found}
        place = builder.image(about.pop("name", name), width, height, **about)
        for row, entry in enumerate(self._objects(), start=1):
            with self._problems.of(self._path, f"{self._row}, object {row}"):
                self._add(mapping(entry, "An object"), place, builder)

    def _about(self) -> dict[str, Any]:
        """What is said of the image as a whole."""
        own = self._sample.get("maskwright")
        about = about_image(own)
        tags = [text(tag, "A tag") for tag in items(self._sample.get("tags"), "tags")]
        tags += [text(one.get("label"), "A classification") for one in self._labels("Classification")]
        split = about["split"] if own else next((tag for tag in tags if tag in SPLITS), "")
        kept = split if split in about["tags"] else ""  # a tag of the same name as the split
        about |= {"split": split, "tags": [tag for tag in dict.fromkeys(tags) if tag != split or tag == kept]}
        return about

    def _labels(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """The labels of one class, in the order of the fields."""
        for value in self._sample.values():
            if isinstance(value, dict):
                many = _LISTS.get(str(value.get("_cls")))
                for label in items(value.get(many), many) if many else [value]:
                    if isinstance(label, dict) and label.get("_cls") == kind:
                        yield label

    def _objects(self) -> list[Any]:
        fields = [name for name, value in self._sample.items() if isinstance(value, dict) and _has_objects(value)]
        if FIELD in fields and len(fields) > 1:
            others = ", ".join(name for name in fields if name != FIELD)
            self._problems.add(self._path, self._row, f"Objects of {others} are left out: {FIELD} is read.")
            fields = [FIELD]
        found: list[Any] = []
        for name in fields:
            value = self._sample[name]
            many = _LISTS.get(str(value.get("_cls")))
            found += items(value.get(many), many) if many else [value]
        return found

    def _add(self, entry: Mapping[str, Any], place: Place, builder: Builder) -> None:
        kind = entry.get("_cls")
        if kind not in _SHAPES:
            raise ValueError(f"A label of type {shortened(kind)} is no mask.")
        size = (place.height, place.width)
        mask = mask_of(entry, self._files, self._path, size) if kind == "Detection" else _outline(entry, size)
        own = mapping(entry.get("maskwright"), "maskwright")
        about = about_instance({key: value for key, value in own.items() if key not in {"number", "attributes"}})
        about["is_box"] = kind == "Detection" and entry.get("mask") is None and not entry.get("mask_path")
        about["is_crowd"] = flag(entry.get("iscrowd"))
        about["attributes"] = {key: value for key, value in entry.items() if key not in _KNOWN and value is not None}
        about["attributes"] |= dict(mapping(own.get("attributes"), "attributes"))
        label = None if entry.get("label") is None else builder.label(text(entry["label"], "The label"))
        builder.add(place, label, mask, number=whole(own["number"]) if "number" in own else None, **about)


def _has_objects(value: Mapping[str, Any]) -> bool:
    kind = str(value.get("_cls"))
    return kind in _SHAPES or kind in {"Detections", "Polylines", "Keypoints", "Keypoint", "Segmentation"}


def _outline(entry: Mapping[str, Any], size: tuple[int, int]) -> rle.Rle:
    if not (entry.get("filled") or entry.get("closed")):
        raise ValueError("A line that is neither filled nor closed is no mask.")
    rings = []
    for ring in items(entry.get("points"), "points"):
        corners = points([side for pair in items(ring, "points") for side in items(pair, "A point")])
        rings.append(corners * np.array([size[1], size[0]], dtype=np.float64))
    if not rings:
        raise ValueError("The polyline has no points.")
    return even_odd(rings, *size)

"""Reads COCO instances: run lengths (both spellings) and polygons; what is wrong is listed, never fatal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from export import rle
from export.archive import ArchiveError, ArchiveReader
from export.dataset import Category, Dataset, ImageRecord, Instance
from export.polygons import rasterise

Problems = list[str]
MAX_COORDINATE = 1e7
_BAD_ENTRY = (ValueError, TypeError, KeyError, AttributeError)
T = TypeVar("T", Category, ImageRecord)


def read_coco(archive: ArchiveReader) -> tuple[Dataset, Problems]:
    """The data set of the archive's first COCO file and one sentence per thing that could not be taken over."""
    problems: Problems = []
    document = _find(archive, problems)
    categories = tuple(_each(document, "categories", _category, problems))
    images = tuple(_each(document, "images", _image, problems))
    sizes = {image.id: image for image in images}
    known = {category.id for category in categories}
    instances = []
    for entry in _list(document, "annotations", problems):
        try:
            instances.append(_instance(entry, sizes, known))
        except _BAD_ENTRY as error:
            problems.append(f"Annotation {_id_of(entry)}: {_reason(error)}")
    raw_info = document.get("info")
    info = raw_info if isinstance(raw_info, dict) else {}
    name, created = str(info.get("description", "")), str(info.get("date_created", ""))
    return Dataset(name, images, categories, tuple(instances), created=created), problems


def _find(archive: ArchiveReader, problems: Problems) -> dict[str, Any]:
    for path in archive.paths():
        if not path.endswith(".json"):
            continue
        try:
            document = archive.json(path)
        except ArchiveError as error:
            problems.append(str(error))
            continue
        if isinstance(document, dict) and {"images", "annotations"} <= set(document):
            return document
    problems.append('The archive has no COCO file: no JSON document with "images" and "annotations".')
    return {}


def _list(document: dict[str, Any], key: str, problems: Problems) -> list[Any]:
    value = document.get(key, [])
    if isinstance(value, list):
        return value
    problems.append(f'"{key}" is not a list.')
    return []


def _each(document: dict[str, Any], key: str, parse: Callable[[dict[str, Any]], T], problems: Problems) -> Iterator[T]:
    seen: set[int] = set()
    for entry in _list(document, key, problems):
        try:
            item = parse(entry)
            if item.id in seen:
                raise ValueError("the id is used twice.")
        except _BAD_ENTRY as error:
            problems.append(f"{key} {_id_of(entry)}: {_reason(error)}")
        else:
            seen.add(item.id)
            yield item


def _category(entry: dict[str, Any]) -> Category:
    return Category(_whole(entry["id"]), str(entry["name"]), supercategory=str(entry.get("supercategory") or ""))


def _image(entry: dict[str, Any]) -> ImageRecord:
    width, height = _whole(entry["width"]), _whole(entry["height"])
    if width < 1 or height < 1 or width * height > rle.MAX_PIXELS:
        raise ValueError(f"{width} x {height} is no size of a picture that can be held.")
    own = entry.get("maskwright") or {}
    key, sha256 = str(own.get("id", "")), str(own.get("sha256", ""))
    return ImageRecord(_whole(entry["id"]), str(entry["file_name"]), width, height, sha256, key)


def _instance(entry: dict[str, Any], images: dict[int, ImageRecord], categories: set[int]) -> Instance:
    image = images.get(_whole(entry["image_id"]))
    category = _whole(entry["category_id"])
    if image is None:
        raise ValueError(f"there is no image {entry['image_id']}.")
    if category not in categories:
        raise ValueError(f"there is no category {category}.")
    own = entry.get("maskwright") or {}
    return Instance(
        _whole(entry["id"]), image.id, category,
        decode_segmentation(entry["segmentation"], image.height, image.width),
        z_order=_whole(own.get("z_order", 0)), attributes=dict(entry.get("attributes") or {}),
        stage=str(own.get("stage", "")), suggested=own.get("suggestion") is True, key=str(own.get("id", "")),
    )  # fmt: skip


def decode_segmentation(segmentation: object, height: int, width: int) -> rle.Rle:
    """COCO's `segmentation`, run lengths or polygons, as a mask. Raises ValueError (RleError) with a sentence."""
    if isinstance(segmentation, dict):
        return rle.validate(segmentation, height, width)
    if not isinstance(segmentation, list) or not segmentation:
        raise ValueError("it has no segmentation.")
    return rle.encode(rasterise([_ring(ring) for ring in segmentation], height, width))


def _ring(flat: object) -> Any:
    if not isinstance(flat, list) or len(flat) < 6 or len(flat) % 2:
        raise ValueError("a polygon needs at least three points, x and y each.")
    if not all(isinstance(value, int | float) and abs(value) <= MAX_COORDINATE for value in flat):
        raise ValueError("a polygon's coordinates must be numbers.")
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} is not a whole number.")
    return value


def _id_of(entry: object) -> str:
    return repr(entry.get("id", "without id")) if isinstance(entry, dict) else "that is no object"


def _reason(error: Exception) -> str:
    return f"{error} is missing." if isinstance(error, KeyError) else str(error)

"""Supervisely: meta.json, <split>/ann/<image>.json, <split>/img/<image>; `split` is "ds" where nothing is divided.

- Every object is a "bitmap": a PNG with alpha, deflated and in base64, and where its corner lies; one of which only the
  box is known, a "rectangle", whose corners are its first and last pixel.
- A folder's slashes become "_" in names: Supervisely's data sets are flat.
- Tags of images are tags without a value; attributes of an object are its tags, with their value.
- Beyond the standard: `maskwright` with what else the data set knows.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.crops import cut
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, UNLABELLED, Format, Report, WriteOptions, add_images, folder_of, is_writable
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image
from export.formats.supervisely_reader import META, mask_of, read_supervisely
from export.names import unique_names
from export.png import encode_rgba

UNDIVIDED = "ds"
RULES = {"unlabelled": UNLABELLED}
OWN = frozenset({"scores", "prompts", "crowds", "stacking"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a JSON file per image, the classes, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    labels = {category.id: category.name for category in dataset.categories}
    images = list(dataset.images)
    flat = unique_names(image.file_name.replace("/", "_") for image in images)
    names = {image.id: name for image, name in zip(images, flat, strict=True)}
    said = dict.fromkeys(tag for image in images for tag in image.tags)
    for image, instances in by_image(dataset, options):
        kept = [item for item in instances if is_writable(item, report)]
        said |= dict.fromkeys(name for item in kept for name in item.attributes)
        path = f"{folder_of(image.split, UNDIVIDED)}/ann/{names[image.id]}.json"
        archive.add_json(path, _annotation(image, kept, labels))
        report.add_image(image)
        report.instances += len(kept)
    archive.add_json(META, _meta(dataset, list(said)))
    add_images(dataset, archive, options, lambda image: f"{folder_of(image.split, UNDIVIDED)}/img/{names[image.id]}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file."""
    for path in archive.paths():
        if path.count("/ann/") == 1:
            document = archive.json(path)
            height, width = document["size"]["height"], document["size"]["width"]
            for entry in document["objects"]:
                yield entry["id"], mask_of(entry, height, width)


FORMAT = Format(
    "supervisely",
    "Supervisely",
    "One JSON file per picture with Supervisely's own bitmaps and tags.",
    write,
    replay,
    read_supervisely,
    RULES,
    OWN,
)


def _meta(dataset: Dataset, tags: list[str]) -> dict[str, Any]:
    classes = [
        {"title": one.name, "shape": "any", "color": one.color, "geometry_config": {}, "id": one.id, "hotkey": ""}
        for one in dataset.categories
    ]
    about = {"value_type": "any_string", "color": "#888888", "hotkey": "", "applicable_type": "all"}
    return {"classes": classes, "tags": [{"name": tag} | about for tag in tags], "projectType": "images"}


def _annotation(image: ImageRecord, instances: list[Instance], labels: dict[int, str]) -> dict[str, Any]:
    own = {key: value for key, value in of_image(image, numbered=True).items() if key != "tags"}
    return {
        "description": "",
        "tags": [{"name": tag, "value": None} for tag in image.tags],
        "size": {"height": image.height, "width": image.width},
        "objects": [_object(item, labels) for item in instances],
        "maskwright": own,
    }


def _object(item: Instance, labels: dict[int, str]) -> dict[str, Any]:
    part, x, y = cut(item.rle)
    height, width = part.shape
    entry: dict[str, Any] = {
        "id": item.id, "classId": item.category_id, "classTitle": labels[item.category_id or 0], "description": "",
        "geometryType": "bitmap", "tags": [{"name": key, "value": value} for key, value in item.attributes.items()],
    }  # fmt: skip
    if item.is_box:
        corners = [[x, y], [x + width - 1, y + height - 1]]
        entry |= {"geometryType": "rectangle", "points": {"exterior": corners, "interior": []}}
    else:
        pixels = np.repeat((part * 255).astype(np.uint8)[:, :, None], 4, axis=2)
        packed = base64.b64encode(zlib.compress(encode_rgba(pixels))).decode("ascii")
        entry["bitmap"] = {"data": packed, "origin": [x, y]}
    own = {key: value for key, value in of_instance(item).items() if key != "box"}
    return entry | ({"maskwright": own} if own else {})

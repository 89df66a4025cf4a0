"""LabelMe: one JSON file per picture, beside it. Every object is one shape of type "mask".

- A mask shape has two corner points (the box's first and last pixel) and the box's bitmap as a base64 PNG: holes and
  parts stay as they are, nothing is lost.
- `group_id` is the annotation's number. `imageData` is null: the picture lies beside the file.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable
from export.formats.painting import by_image
from export.png import decode, encode_gray

FOLDER, VERSION = "labelme", "5.5.0"


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a JSON file per picture, and the pictures when asked for."""
    report = Report(categories=len(dataset.categories))
    names = {category.id: category.name for category in dataset.categories}
    for image, instances in by_image(dataset, options):
        writable = [item for item in instances if is_writable(item, report)]
        shapes = [_shape(item, names) for item in writable]
        archive.add_json(f"{FOLDER}/{image.file_name}.json", _document(image, shapes))
        report.images += 1
        report.instances += len(writable)
    add_images(dataset, archive, options, FOLDER)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file."""
    for path in archive.paths():
        if not (path.startswith(f"{FOLDER}/") and path.endswith(".json")):
            continue
        document = archive.json(path)
        for shape in document["shapes"]:
            whole = np.zeros((document["imageHeight"], document["imageWidth"]), dtype=bool)
            part = decode(base64.b64decode(shape["mask"])) > 0
            x, y = shape["points"][0]
            whole[y : y + part.shape[0], x : x + part.shape[1]] = part
            yield shape["group_id"], rle.encode(whole)


FORMAT = Format("labelme", "LabelMe", "One JSON file per picture, objects as bitmaps; nothing is lost.", write, replay)


def _document(image: ImageRecord, shapes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": image.file_name,
        "imageData": None,
        "imageHeight": image.height,
        "imageWidth": image.width,
    }


def _shape(item: Instance, names: dict[int, str]) -> dict[str, Any]:
    x, y, width, height = rle.bbox(item.rle)
    part = rle.decode(item.rle)[y : y + height, x : x + width]
    return {
        "label": names[item.category_id or 0],
        "points": [[x, y], [x + width - 1, y + height - 1]],
        "group_id": item.id,
        "description": "",
        "shape_type": "mask",
        "flags": {name: value for name, value in item.attributes.items() if isinstance(value, bool)},
        "mask": base64.b64encode(encode_gray(part.astype(np.uint8))).decode("ascii"),
    }

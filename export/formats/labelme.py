"""LabelMe: one JSON file per image, beside it and called as it is (`photo.jpg`, `photo.json`): so LabelMe finds it.

- Every object is one shape of type "mask"; one of which only the box is known, a "rectangle".
- A mask shape has two corner points (the box's first and last pixel) and the box's bitmap as a base64 PNG: holes and
  parts stay as they are, nothing is lost. A rectangle's corners lie on pixel edges.
- `group_id` is the annotation's number. `imageData` is null: the image lies beside the file.
- Tags of the image are its flags. Attributes that are yes or no are the shape's flags, and all are in `attributes`.
- Beyond the standard: `attributes`, and `maskwright` with what else the data set knows; LabelMe keeps both.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.crops import cut, place
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import (
    DEFAULT,
    UNLABELLED,
    Format,
    Report,
    WriteOptions,
    add_images,
    beside,
    image_name,
    is_writable,
    stems_of,
)
from export.formats.labelme_reader import read_labelme
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image
from export.png import decode, encode_gray
from export.reading.shapes import of_box

FOLDER, VERSION = "labelme", "5.5.0"
RULES = {"unlabelled": UNLABELLED}
OWN = frozenset({"attributes", "scores", "prompts", "crowds", "stacking", "splits", "ids"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a JSON file per image, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    names = {category.id: category.name for category in dataset.categories}
    stems = stems_of(dataset)
    for image, instances in by_image(dataset, options):
        writable = [item for item in instances if is_writable(item, report)]
        shapes = [_shape(item, names) for item in writable]
        archive.add_json(f"{FOLDER}/{stems[image.id]}.json", _document(image, stems[image.id], shapes))
        report.add_image(image)
        report.instances += len(writable)
    add_images(dataset, archive, options, beside(FOLDER, stems))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file."""
    for path in archive.paths():
        if not (path.startswith(f"{FOLDER}/") and path.endswith(".json")):
            continue
        document = archive.json(path)
        height, width = document["imageHeight"], document["imageWidth"]
        for shape in document["shapes"]:
            (x, y), (right, bottom) = shape["points"]
            if shape["shape_type"] == "rectangle":
                yield shape["group_id"], of_box(x, y, right - x, bottom - y, height, width)
            else:
                yield shape["group_id"], place(decode(base64.b64decode(shape["mask"])), x, y, height, width)


FORMAT = Format(
    "labelme",
    "LabelMe",
    "One JSON file per picture, objects as bitmaps; nothing is lost.",
    write,
    replay,
    read_labelme,
    RULES,
    OWN,
    lists_labels=False,
)


def _document(image: ImageRecord, stem: str, shapes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "flags": dict.fromkeys(image.tags, True),
        "shapes": shapes,
        "imagePath": PurePosixPath(image_name(image, stem)).name,
        "imageData": None,
        "imageHeight": image.height,
        "imageWidth": image.width,
        "maskwright": of_image(image, numbered=True),
    }


def _shape(item: Instance, names: dict[int, str]) -> dict[str, Any]:
    part, x, y = cut(item.rle)
    height, width = part.shape
    shape: dict[str, Any] = {
        "label": names[item.category_id or 0],
        "points": [[x, y], [x + width - 1, y + height - 1]],
        "group_id": item.id,
        "description": "",
        "shape_type": "mask",
        "flags": {name: value for name, value in item.attributes.items() if isinstance(value, bool)},
        "mask": base64.b64encode(encode_gray(part.astype(np.uint8))).decode("ascii"),
    }
    if item.is_box:
        shape |= {"shape_type": "rectangle", "points": [[x, y], [x + width, y + height]], "mask": None}
    if item.attributes:
        shape["attributes"] = dict(item.attributes)
    own = of_instance(item)
    return shape | ({"maskwright": own} if own else {})

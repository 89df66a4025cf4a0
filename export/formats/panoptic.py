"""COCO panoptic: annotations/panoptic_default.json and one RGB PNG per picture in annotations/panoptic_default/.

- A pixel's segment id is R + 256 G + 65536 B; 0 is void. Ids are the annotations' own.
- A pixel belongs to one segment: higher `z_order` lies on top, then the higher id. What is covered is reported.
- `area` and `bbox` are those of the visible part. Every class counts as a thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Category, Dataset, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable
from export.formats.painting import by_image, paint
from export.png import decode, encode_rgb

PATH, FOLDER, IMAGES = "annotations/panoptic_default.json", "annotations/panoptic_default", "images/default"
MAX_ID = 1 << 24


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes the PNGs, then the JSON that describes them, then the pictures when asked for."""
    report = Report(categories=len(dataset.categories))
    images, annotations = [], []
    for image, instances in by_image(dataset, options):
        writable = [item for item in instances if is_writable(item, report) and item.id < MAX_ID]
        owners, kept = paint(image, writable, report)
        name = f"{image.file_name}.png"
        ids = np.array([0, *(item.id for item in kept)], dtype=np.int64)[owners]
        channels = np.stack([ids >> shift & 255 for shift in (0, 8, 16)], axis=2)
        archive.add(f"{FOLDER}/{name}", encode_rgb(channels.astype(np.uint8)))
        images.append({"id": image.id, "width": image.width, "height": image.height, "file_name": image.file_name})
        segments = [_segment(item, owners == number) for number, item in enumerate(kept, start=1)]
        annotations.append({"image_id": image.id, "file_name": name, "segments_info": segments})
        report.images += 1
        report.instances += len(kept)
    categories = [_category(item) for item in dataset.categories]
    document = {"info": {"description": dataset.name, "date_created": dataset.created}, "licenses": []}
    archive.add_json(PATH, document | {"images": images, "annotations": annotations, "categories": categories})
    add_images(dataset, archive, options, IMAGES)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, in the order of ids."""
    for entry in archive.json(PATH)["annotations"]:
        pixels = decode(b"".join(archive.chunks(f"{FOLDER}/{entry['file_name']}"))).astype(np.int64)
        ids = pixels[:, :, 0] + (pixels[:, :, 1] << 8) + (pixels[:, :, 2] << 16)
        for segment in sorted(entry["segments_info"], key=lambda item: int(item["id"])):
            yield segment["id"], rle.encode(ids == segment["id"])


FORMAT = Format("panoptic", "COCO panoptic", "One RGB PNG per picture; overlaps are decided.", write, replay)


def _segment(item: Instance, visible: rle.Mask) -> dict[str, Any]:
    mask = rle.encode(visible)
    return {
        "id": item.id, "category_id": item.category_id, "area": rle.area(mask), "bbox": list(rle.bbox(mask)),
        "iscrowd": 0,
    }  # fmt: skip


def _category(item: Category) -> dict[str, Any]:
    colour = [int(item.color[place : place + 2], 16) for place in (1, 3, 5)]
    return {"id": item.id, "name": item.name, "supercategory": item.supercategory, "isthing": 1, "color": colour}

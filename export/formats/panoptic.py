"""COCO panoptic: annotations/panoptic_default.json and one RGB PNG per image in annotations/panoptic_default/,
called as the image is (`photo.jpg`, `photo.png`).

- A pixel's segment id is R + 256 G + 65536 B; 0 is void. Ids are the annotations' own.
- A pixel belongs to one segment: higher `z_order` lies on top, then the higher id. What is covered is reported.
- `area` and `bbox` are those of the visible part. Every class counts as a thing.
- Where the data set is divided, there are a JSON file and a folder for each split.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Category, Dataset, Instance
from export.formats.base import (
    DEFAULT,
    Format,
    Report,
    WriteOptions,
    add_images,
    folder_of,
    is_writable,
    splits_of,
    stems_of,
)
from export.formats.own import of_image
from export.formats.painting import RULES, by_image, paint, replay_map
from export.formats.panoptic_reader import read_panoptic
from export.png import decode, encode_rgb
from export.reading.label_maps import packed
from export.regions import regions
from export.spool import Spool

FOLDER = "annotations/panoptic_"
MAX_ID = 1 << 24
PANOPTIC_RULES = {kind: rule for kind, rule in RULES.items() if kind not in {"crowds", "tags"}}
OWN = frozenset({"tags"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes the PNGs, then the JSON files that describe them, then the images when asked for."""
    report = Report(PANOPTIC_RULES, categories=len(dataset.categories))
    documents = {folder_of(split): (Spool(), Spool()) for split in splits_of(dataset)}
    stems = stems_of(dataset)
    for image, instances in by_image(dataset, options):
        images, annotations = documents[folder_of(image.split)]
        writable = [item for item in instances if is_writable(item, report) and _has_room(item, report)]
        owners, kept = paint(image, writable, report)
        name = f"{stems[image.id]}.png"
        ids = np.array([0, *(item.id for item in kept)], dtype=np.int64)[owners]
        channels = np.stack([ids >> shift & 255 for shift in (0, 8, 16)], axis=2)
        archive.add(f"{FOLDER}{folder_of(image.split)}/{name}", encode_rgb(channels.astype(np.uint8)))
        own = of_image(image)
        entry = {"id": image.id, "width": image.width, "height": image.height, "file_name": image.file_name}
        images.add(dump_json(entry | ({"maskwright": own} if own else {})))
        segments = [_segment(kept[number - 1], mask) for number, mask in regions(owners)]
        annotations.add(dump_json({"image_id": image.id, "file_name": name, "segments_info": segments}))
        report.add_image(image)
        report.instances += len(kept)
    about = dump_json({"description": dataset.name, "date_created": dataset.created})
    categories = dump_json([_category(item) for item in dataset.categories])
    for split, (images, annotations) in documents.items():
        parts = (
            images.document(f'{{"info":{about},"licenses":[],"images":[', "],"),
            annotations.document('"annotations":[', f'],"categories":{categories}}}'),
        )
        archive.add(f"{FOLDER}{split}.json", chain(*parts))
    add_images(dataset, archive, options, lambda image: f"images/{folder_of(image.split)}/{image.file_name}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, split by split in the order of ids."""
    for path in archive.paths():
        if path.startswith(FOLDER) and path.endswith(".json"):
            with archive.open(path) as lines:
                for line in lines:
                    if line.startswith(b'{"image_id":'):
                        yield from _replayed(archive, path.removesuffix(".json"), json.loads(line.rstrip(b",\n")))


def _replayed(archive: ArchiveReader, folder: str, entry: dict[str, Any]) -> Iterator[tuple[int, rle.Rle]]:
    ids = packed(decode(b"".join(archive.chunks(f"{folder}/{entry['file_name']}"))))
    return replay_map(ids, sorted(segment["id"] for segment in entry["segments_info"]))


FORMAT = Format(
    "panoptic",
    "COCO panoptic",
    "One RGB PNG per picture; overlaps are decided.",
    write,
    replay,
    read_panoptic,
    PANOPTIC_RULES,
    OWN,
)


def _has_room(item: Instance, report: Report) -> bool:
    if item.id < MAX_ID:
        return True
    report.lose("too_many_objects", item, f"Its number is not below {MAX_ID}, the most that a pixel can hold.")
    return False


def _segment(item: Instance, mask: rle.Rle) -> dict[str, Any]:
    return {
        "id": item.id, "category_id": item.category_id, "area": rle.area(mask), "bbox": list(rle.bbox(mask)),
        "iscrowd": int(item.is_crowd),
    }  # fmt: skip


def _category(item: Category) -> dict[str, Any]:
    colour = [int(item.color[place : place + 2], 16) for place in (1, 3, 5)]
    return {"id": item.id, "name": item.name, "supercategory": item.supercategory, "isthing": 1, "color": colour}

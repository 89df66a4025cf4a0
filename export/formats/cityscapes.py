"""Cityscapes: gtFine/<split>/<folder>/<image>_gtFine_labelIds.png, _instanceIds.png and _color.png.

- Images lie under leftImg8bit/<split>/<folder>/<image>_leftImg8bit.<ext>. `split` is "train" where nothing is divided,
  the folder "default" where an image lies in none.
- labelIds is a grey PNG of classes; where all labels are Cityscapes' own, their numbers are (car is 26), else classes
  count from 1 by place and classes.json names them.
- instanceIds is a grey PNG of 16 bits: class x 1000 + which of it, from 0; a class alone stands for a crowd.
- At most 65 classes have room, and 1000 objects of each on an image.
- A pixel belongs to one object: higher `z_order` lies on top, then the higher id.
- Beyond the standard: objects.json, for the way back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, folder_of, is_writable, stems_of
from export.formats.cityscapes_reader import IMAGES, INSTANCES, LABELS, NUMBERS, read_cityscapes
from export.formats.index import Index, replayed
from export.formats.label_maps import CLASSES, class_list, has_room
from export.formats.painting import RULES, by_image, paint, replay_map
from export.formats.voc import rgb
from export.png import decode, encode_gray, encode_gray16, encode_rgb

MAX_CLASS, MAX_OBJECTS = 65, 1000
CITY_RULES = {kind: rule for kind, rule in RULES.items() if kind != "crowds"}


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes three PNGs per image, the classes, and the images when asked for."""
    report = Report(CITY_RULES, categories=len(dataset.categories))
    own = all(one.name in NUMBERS for one in dataset.categories)
    numbers = {one.id: NUMBERS[one.name] if own else place for place, one in enumerate(dataset.categories, start=1)}
    colours = {numbers[one.id]: rgb(one) for one in dataset.categories}
    stems, index = stems_of(dataset), Index()
    for image, instances in by_image(dataset, options):
        writable = [
            item
            for item in instances
            if is_writable(item, report) and has_room(item, numbers[item.category_id or 0], MAX_CLASS, report)
        ]
        owners, kept = paint(image, _first(writable, report), report)
        kinds = [numbers[item.category_id or 0] for item in kept]
        classes = np.array([0, *kinds], dtype=np.uint8)[owners]
        values, ids = _values(kept, kinds)
        base = f"gtFine/{_base(image, stems)}_gtFine"
        archive.add(f"{base}_{LABELS}.png", encode_gray(classes))
        archive.add(f"{base}_{INSTANCES}.png", encode_gray16(np.array([0, *values], dtype=np.uint16)[owners]))
        palette = np.array([colours.get(number, (0, 0, 0)) for number in range(256)], dtype=np.uint8)
        archive.add(f"{base}_color.png", encode_rgb(palette[classes]))
        index.add(f"{base}_{LABELS}.png", image, ids)
        report.add_image(image)
        report.instances += len(kept)
    if not own:
        archive.add_json(CLASSES, class_list(dataset))
    index.write(archive)
    add_images(dataset, archive, options, lambda image: f"{IMAGES}/{_image_path(image, stems)}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, in the order of ids."""
    for path, entry in replayed(archive):
        values = decode(b"".join(archive.chunks(path.replace(LABELS, INSTANCES))))
        yield from replay_map(values, entry.ids)


FORMAT = Format(
    "cityscapes",
    "Cityscapes",
    "Grey PNGs of classes and of objects, in Cityscapes' folders; overlaps are decided.",
    write,
    replay,
    read_cityscapes,
    CITY_RULES,
    frozenset({"ids"}),
    lists_labels=False,
)


def _base(image: ImageRecord, stems: dict[int, str]) -> str:
    place = PurePosixPath(stems[image.id])
    return f"{folder_of(image.split, 'train')}/{place if place.parent.name else f'default/{place}'}"


def _image_path(image: ImageRecord, stems: dict[int, str]) -> str:
    return f"{_base(image, stems)}_leftImg8bit{PurePosixPath(image.file_name).suffix}"


def _first(instances: list[Instance], report: Report) -> list[Instance]:
    """Of each class as many as have room; of a crowd there is one region a class."""
    seen: Counter[tuple[int | None, bool]] = Counter()
    kept = []
    for item in instances:
        kind = (item.category_id, item.is_crowd)
        seen[kind] += 1
        if seen[kind] <= (1 if item.is_crowd else MAX_OBJECTS):
            kept.append(item)
        else:
            report.lose("too_many_objects", item, "There is no room for more objects of its label on this picture.")
    return kept


def _values(kept: list[Instance], kinds: list[int]) -> tuple[list[int], list[Instance]]:
    """The pixel value of each object, and the objects in the order of these values."""
    seen: Counter[int] = Counter()
    values = []
    for item, kind in zip(kept, kinds, strict=True):
        if item.is_crowd:
            values.append(kind)
        else:
            values.append(kind * 1000 + seen[kind])
            seen[kind] += 1
    return values, [item for _, item in sorted(zip(values, kept, strict=True), key=lambda pair: pair[0])]

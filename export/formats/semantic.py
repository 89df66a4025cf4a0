"""Semantic PNGs: semantic/<image>.png, a grey PNG in which a pixel is the number of its class; classes.json names them.

- 0 is background, classes count from 1 by their place; 8 bits, or 16 where there are more than 254 of them. 255, or
  65535, means to ignore and is never written.
- A pixel belongs to one object: higher `z_order` lies on top, then the higher id.
- The format knows no objects: those of one label on an image are one region, which is reported, and come back as one.
- Splits are folders: semantic/<split>/<image>.png. Beyond the standard: objects.json, for the way back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, Instance
from export.files import Files
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, folder_of, image_name, stems_of
from export.formats.index import Entry, Index, read_index, replayed
from export.formats.label_maps import (
    CLASSES,
    add_image,
    as_png,
    class_list,
    class_of,
    image_path,
    maps_in,
    painted,
    read_classes,
)
from export.formats.painting import RULES, mask_at, replay_map
from export.png import decode
from export.reading import Builder, Problem, Problems
from export.reading.label_maps import read_numbers
from export.reading.pictures import Pictures

FOLDER = "semantic"
FOLDERS = (FOLDER, "masks", "labels", "annotations")
"""Where label maps are looked for: the first of these that has PNGs."""
MAX_CLASSES = 65534
JOINED = "Objects of one label on an image become one region."


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a PNG per image, the classes, and the images when asked for."""
    report = Report(SEMANTIC_RULES, categories=len(dataset.categories))
    numbers = {one.id: number for number, one in enumerate(dataset.categories, start=1)}
    most, stems, index = ignore_of(len(numbers)), stems_of(dataset), Index()
    for image, owners, kept in painted(dataset, options, report, MAX_CLASSES):
        classes = np.array([0, *(numbers[item.category_id or 0] for item in kept)], dtype=np.uint16)
        stem = f"{folder_of(image.split)}/{stems[image.id]}" if image.split else stems[image.id]
        archive.add(f"{FOLDER}/{stem}.png", as_png(classes[owners], most))
        index.add(stem, image, _alone(kept, numbers, report))
    archive.add_json(CLASSES, class_list(dataset, ignore=most))
    index.write(archive)
    add_images(dataset, archive, options, lambda image: image_path(image_name(image, stems[image.id]), image.split))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """The id and visible mask of each object that is the only one of its label on its image, in the order of ids."""
    for stem, entry in replayed(archive):
        classes = decode(b"".join(archive.chunks(f"{FOLDER}/{stem}.png")))
        yield from replay_map(classes, entry.ids)


def read(files: Files) -> tuple[Dataset, list[Problem]]:
    """Reads label maps of classes: those under semantic/, or the folder that stands in its place."""
    problems, builder = Problems(), Builder()
    labels, index = read_classes(files, builder, problems), read_index(files, problems)
    pngs = [path for path in files.paths() if path.endswith(".png")]
    folder = next((name for name in FOLDERS if any(f"/{name}/" in f"/{path}" for path in pngs)), FOLDER)
    pictures = Pictures(files, without=(f"/{folder}/",))
    maps = maps_in(files, folder, index)
    for stem, path in maps:
        with problems.of(path):
            _read(path, stem, index.get(stem), files, labels, builder, pictures, problems)
    if not maps:
        problems.add("", "", f"There are no label maps: no {FOLDER}/*.png.")
    return builder.dataset(), problems.listed()


SEMANTIC_RULES = RULES | {"objects": JOINED}
FORMAT = Format(
    "semantic",
    "Semantic PNG",
    "One grey PNG of classes per picture; objects of a label are one region.",
    write,
    replay,
    read,
    SEMANTIC_RULES,
    frozenset({"ids"}),
)


def ignore_of(classes: int) -> int:
    """The number that means "ignore": the largest that fits."""
    return 255 if classes < 255 else 65535


def _alone(kept: list[Instance], order: Iterable[int], report: Report) -> list[Instance]:
    """One entry for each label that occurs, in their order of numbers: its object, or a stand-in without number."""
    by_label: dict[int, list[Instance]] = defaultdict(list)
    for item in kept:
        by_label[item.category_id or 0].append(item)
    for joined in by_label.values():
        for item in joined if len(joined) > 1 else ():
            report.lose("objects", item, JOINED)
    return [by_label[label][0] if len(by_label[label]) == 1 else _NOBODY for label in order if label in by_label]


_NOBODY = Instance(0, 0, None, rle.Rle((1, 1), "1"))


def _read(
    path: str,
    stem: str,
    entry: Entry | None,
    files: Files,
    labels: dict[int, int],
    builder: Builder,
    pictures: Pictures,
    problems: Problems,
) -> None:
    classes = read_numbers(files, path)
    place = add_image(stem, (classes.shape[0], classes.shape[1]), entry, builder, pictures)
    there = [int(number) for number in np.unique(classes) if number and number != ignore_of(len(labels))]
    ids = entry.ids if entry and len(entry.ids) == len(there) else [0] * len(there)
    for number, key in zip(there, ids, strict=True):
        with problems.of(path, f"class {number}"):
            label = class_of(number, labels) if labels else builder.label(str(number))
            builder.add(place, label, mask_at(classes, number, place), number=key or None)

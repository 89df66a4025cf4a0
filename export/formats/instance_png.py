"""Instance PNGs: instances/<image>.png, a grey PNG of 16 bits in which a pixel is the number of its object on that
image; instances.json tells each number's class, classes.json names the classes.

- 0 is background; at most 65534 objects per image fit, 65535 means to ignore and is never written.
- A pixel belongs to one object: higher `z_order` lies on top, then the higher id.
- Splits are folders: instances/<split>/<image>.png. Beyond the standard: objects.json, for the way back.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Dataset
from export.files import Files
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, folder_of, image_name, stems_of
from export.formats.index import Entry, Index, read_index, replayed
from export.formats.label_maps import CLASSES, add_image, class_list, image_path, maps_in, painted, read_classes
from export.formats.painting import RULES, mask_at, replay_map
from export.png import decode, encode_gray16
from export.reading import Builder, Problem, Problems
from export.reading.fields import items, mapping, whole
from export.reading.label_maps import read_numbers
from export.reading.pictures import Pictures
from export.spool import Spool

FOLDER, WHICH = "instances", "instances.json"
MAX_OBJECTS, IGNORE = 65534, 65535


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a PNG per image, what its numbers are, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    numbers = {one.id: number for number, one in enumerate(dataset.categories, start=1)}
    stems, index = stems_of(dataset), Index()
    which = Spool()
    for image, owners, kept in painted(dataset, options, report, MAX_OBJECTS):
        stem = f"{folder_of(image.split)}/{stems[image.id]}" if image.split else stems[image.id]
        archive.add(f"{FOLDER}/{stem}.png", encode_gray16(owners.astype(np.uint16)))
        which.add(f"{dump_json(stem)}:{dump_json([numbers[item.category_id or 0] for item in kept])}")
        index.add(stem, image, kept)
    archive.add(WHICH, which.document("{", "}"))
    archive.add_json(CLASSES, class_list(dataset, ignore=IGNORE))
    index.write(archive)
    add_images(dataset, archive, options, lambda image: image_path(image_name(image, stems[image.id]), image.split))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, in the order of ids."""
    for stem, entry in replayed(archive):
        owners = decode(b"".join(archive.chunks(f"{FOLDER}/{stem}.png")))
        yield from replay_map(owners, entry.ids)


def read(files: Files) -> tuple[Dataset, list[Problem]]:
    """Reads the label maps of objects under instances/; without instances.json, objects have no label."""
    problems, builder = Problems(), Builder()
    labels, index = read_classes(files, builder, problems), read_index(files, problems)
    pictures = Pictures(files, without=(f"/{FOLDER}/",))
    which: dict[str, list[int]] = {}
    with problems.of(WHICH):
        if WHICH in files.paths():
            for stem, listed in mapping(files.json(WHICH), WHICH).items():
                which[stem] = [whole(number) for number in items(listed, stem)]
    maps = maps_in(files, FOLDER, index)
    for stem, path in maps:
        with problems.of(path):
            reader = _Map(path, which.get(stem), index.get(stem), labels)
            reader.read(stem, files, builder, pictures, problems)
    if not maps:
        problems.add("", "", f"There are no label maps of objects: no {FOLDER}/*.png.")
    return builder.dataset(), problems.listed()


FORMAT = Format(
    "instances",
    "Instance PNG",
    "One grey 16-bit PNG of objects per picture; overlaps are decided.",
    write,
    replay,
    read,
    RULES,
    frozenset({"ids"}),
)


class _Map:
    """One label map of objects."""

    def __init__(self, path: str, which: list[int] | None, entry: Entry | None, labels: dict[int, int]) -> None:
        self._path, self._which, self._entry, self._labels = path, which, entry, labels

    def read(self, stem: str, files: Files, builder: Builder, pictures: Pictures, problems: Problems) -> None:
        """Its image and its objects."""
        owners = read_numbers(files, self._path)
        place = add_image(stem, (owners.shape[0], owners.shape[1]), self._entry, builder, pictures)
        ids = self._entry.ids if self._entry else ()
        there = [int(number) for number in np.unique(owners) if number not in (0, IGNORE)]
        by_id = sorted(there, key=lambda number: ids[number - 1] if number <= len(ids) else number)
        for number in by_id:
            with problems.of(self._path, f"object {number}"):
                key = ids[number - 1] if number <= len(ids) else None
                builder.add(place, self._label(number), mask_at(owners, number, place), number=key)

    def _label(self, number: int) -> int | None:
        if self._which is None:
            return None
        if number > len(self._which) or self._which[number - 1] not in self._labels:
            raise ValueError(f"{WHICH} does not say of what class it is.")
        return self._labels[self._which[number - 1]]

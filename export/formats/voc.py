"""Pascal VOC masks: SegmentationClass/*.png (classes) and SegmentationObject/*.png (objects), palette PNGs.

- 0 is background; 255 (void) is never used, for nothing here is undecided.
- A pixel belongs to one object: higher `z_order` lies on top, then the higher id. What is covered is reported.
- At most 254 classes and 254 objects per picture fit; more are left out and reported.
- ImageSets/Segmentation/train.txt names every picture; labelmap.txt tells each class's colour, as CVAT has it.
- Beyond the standard: objects.json tells which annotation each object number of a picture is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Category, Dataset, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable
from export.formats.painting import by_image, paint
from export.png import Pixels, decode, encode_palette

IMAGES, CLASSES, OBJECTS, INDEX = "JPEGImages", "SegmentationClass", "SegmentationObject", "objects.json"
MAX_NUMBER = 254
Colour = tuple[int, int, int]


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes two PNGs per picture, the lists, and the pictures when asked for."""
    report = Report(categories=len(dataset.categories))
    colours = _class_colours(dataset)
    objects: dict[str, list[int]] = {}
    for image, instances in by_image(dataset, options):
        writable = [item for item in instances if is_writable(item, report) and _has_class_number(item, report)]
        owners, kept = paint(image, _first(writable, report), report)
        classes = np.array([0, *(item.category_id for item in kept)], dtype=np.uint8)
        stem = PurePosixPath(image.file_name).name
        archive.add(f"{CLASSES}/{stem}.png", encode_palette(classes[owners], colours))
        archive.add(f"{OBJECTS}/{stem}.png", encode_palette(owners.astype(np.uint8), _object_colours()))
        objects[stem] = [item.id for item in kept]
        report.images += 1
        report.instances += len(kept)
    archive.add("ImageSets/Segmentation/train.txt", "".join(f"{stem}\n" for stem in objects))
    archive.add("labelmap.txt", _labelmap(dataset))
    archive.add_json(INDEX, objects)
    add_images(dataset, archive, options, IMAGES)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, in the order of ids."""
    for stem, ids in archive.json(INDEX).items():
        owners: Pixels = decode(b"".join(archive.chunks(f"{OBJECTS}/{stem}.png")))
        for number, instance_id in sorted(enumerate(ids, start=1), key=lambda pair: pair[1]):
            yield instance_id, rle.encode(owners == number)


FORMAT = Format("voc", "Pascal VOC masks", "Palette PNGs of classes and objects; overlaps are decided.", write, replay)


def _has_class_number(item: Instance, report: Report) -> bool:
    if item.category_id is None or item.category_id <= MAX_NUMBER:
        return True
    report.lose("too_many_classes", item, f"Its class is number {item.category_id}; {MAX_NUMBER} fit into the format.")
    return False


def _first(instances: list[Instance], report: Report) -> list[Instance]:
    for item in instances[MAX_NUMBER:]:
        report.lose("too_many_objects", item, f"More than {MAX_NUMBER} objects on one picture do not fit.")
    return instances[:MAX_NUMBER]


def _class_colours(dataset: Dataset) -> list[Colour]:
    return [(0, 0, 0), *(_rgb(category) for category in list(dataset.categories)[:MAX_NUMBER])]


def _object_colours() -> list[Colour]:
    """A fixed palette in which neighbouring numbers look different; 0 is black."""
    return [(0, 0, 0), *(((n * 67 + 41) % 256, (n * 137 + 97) % 256, (n * 29 + 167) % 256) for n in range(1, 256))]


def _rgb(category: Category) -> Colour:
    return (int(category.color[1:3], 16), int(category.color[3:5], 16), int(category.color[5:7], 16))


def _labelmap(dataset: Dataset) -> str:
    rows = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    rows += [f"{item.name}:{','.join(map(str, _rgb(item)))}::" for item in dataset.categories]
    return "\n".join(rows) + "\n"

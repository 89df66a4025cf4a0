"""Pascal VOC: SegmentationClass/*.png (classes) and SegmentationObject/*.png (objects), palette PNGs, and
Annotations/*.xml (boxes).

- 0 is background; 255 (void) is never used, for nothing here is undecided.
- A pixel belongs to one object: higher `z_order` lies on top, then the higher id. What is covered is reported.
- At most 254 classes and 254 objects per image fit; more are left out and reported.
- An image's id is its name without extension (`photo.jpg` is `photo`, a `photo.png` beside it `photo-2`); its PNGs and
  the image itself are called so. Classes are numbered by their place, for the palette and labelmap.txt count so.
- Boxes count pixels from 1, their last one included; they are those of the visible part.
- ImageSets/Segmentation/<split>.txt lists the ids (train.txt where nothing is divided); labelmap.txt tells each class's
  colour, as CVAT has it.
- Beyond the standard: objects.json tells which annotation each object number of an image is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Category, Dataset, ImageRecord, Instance
from export.formats.base import (
    DEFAULT,
    Format,
    Report,
    WriteOptions,
    add_images,
    beside,
    folder_of,
    image_name,
    is_writable,
    stems_of,
)
from export.formats.index import Index, replayed
from export.formats.painting import RULES, by_image, paint, replay_map
from export.formats.voc_reader import BOXES, CLASSES, LABELS, LISTS, OBJECTS, challenge_colour, read_voc
from export.png import Pixels, decode, encode_palette
from export.regions import regions

IMAGES = "JPEGImages"
MAX_NUMBER = 254
Colour = tuple[int, int, int]


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes two PNGs and an XML file per image, the lists, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    colours = _class_colours(dataset)
    numbers = {category.id: number for number, category in enumerate(dataset.categories, start=1)}
    names = {category.id: category.name for category in dataset.categories}
    palette = [challenge_colour(number) for number in range(256)]
    stems, index = stems_of(dataset), Index()
    lists: dict[str, list[str]] = defaultdict(list)
    for image, instances in by_image(dataset, options):
        writable = [
            item for item in instances if is_writable(item, report) and _has_class_number(item, numbers, report)
        ]
        owners, kept = paint(image, _first(writable, report), report)
        classes = np.array([0, *(numbers[item.category_id or 0] for item in kept)], dtype=np.uint8)
        stem = stems[image.id]
        archive.add(f"{CLASSES}/{stem}.png", encode_palette(classes[owners], colours))
        archive.add(f"{OBJECTS}/{stem}.png", encode_palette(owners.astype(np.uint8), palette))
        boxes = [(names[kept[n - 1].category_id or 0], rle.bbox(mask)) for n, mask in regions(owners)]
        archive.add(f"{BOXES}/{stem}.xml", _xml(image, image_name(image, stem), boxes))
        lists[folder_of(image.split, "train")].append(stem)
        index.add(stem, image, kept)
        report.add_image(image)
        report.instances += len(kept)
    for split, listed in (lists or {"train": []}).items():
        archive.add(f"{LISTS}/{split}.txt", "".join(f"{stem}\n" for stem in listed))
    archive.add(LABELS, _labelmap(dataset))
    index.write(archive)
    add_images(dataset, archive, options, beside(IMAGES, stems))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, in the order of ids."""
    for stem, entry in replayed(archive):
        owners: Pixels = decode(b"".join(archive.chunks(f"{OBJECTS}/{stem}.png")))
        yield from replay_map(owners, entry.ids)


FORMAT = Format(
    "voc",
    "Pascal VOC",
    "Palette PNGs of classes and objects, boxes as XML; overlaps are decided.",
    write,
    replay,
    read_voc,
    RULES,
    frozenset({"ids"}),
)


def _has_class_number(item: Instance, numbers: Mapping[int, int], report: Report) -> bool:
    number = numbers[item.category_id or 0]
    if number <= MAX_NUMBER:
        return True
    report.lose("too_many_classes", item, f"Its class is number {number}; {MAX_NUMBER} fit into the format.")
    return False


def _first(instances: list[Instance], report: Report) -> list[Instance]:
    for item in instances[MAX_NUMBER:]:
        report.lose("too_many_objects", item, f"More than {MAX_NUMBER} objects on one picture do not fit.")
    return instances[:MAX_NUMBER]


def _xml(image: ImageRecord, name: str, boxes: list[tuple[str, rle.Box]]) -> bytes:
    root = Element("annotation")
    SubElement(root, "folder").text = IMAGES
    SubElement(root, "filename").text = name
    _sizes(SubElement(root, "size"), width=image.width, height=image.height, depth=3)
    SubElement(root, "segmented").text = "1"
    for label, (x, y, width, height) in boxes:
        entry = SubElement(root, "object")
        SubElement(entry, "name").text = label
        SubElement(entry, "pose").text = "Unspecified"
        SubElement(entry, "truncated").text = SubElement(entry, "difficult").text = "0"
        _sizes(SubElement(entry, "bndbox"), xmin=x + 1, ymin=y + 1, xmax=x + width, ymax=y + height)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8")
    return text + b"\n"


def _sizes(parent: Element, **sides: int) -> None:
    for name, value in sides.items():
        SubElement(parent, name).text = str(value)


def _class_colours(dataset: Dataset) -> list[Colour]:
    return [(0, 0, 0), *(rgb(category) for category in list(dataset.categories)[:MAX_NUMBER])]


def rgb(category: Category) -> Colour:
    """A label's colour as red, green, blue."""
    return (int(category.color[1:3], 16), int(category.color[3:5], 16), int(category.color[5:7], 16))


def _labelmap(dataset: Dataset) -> str:
    rows = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    rows += [f"{item.name}:{','.join(map(str, rgb(item)))}::" for item in dataset.categories]
    return "\n".join(rows) + "\n"

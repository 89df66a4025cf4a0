"""What the formats that paint numbers into PNGs share: the file of classes, and who is on an image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.dataset import Dataset, ImageRecord, Instance
from export.files import Files
from export.formats.base import Report, WriteOptions, folder_of, is_writable
from export.formats.index import Entry
from export.formats.painting import Owners, by_image, paint
from export.png import encode_gray, encode_gray16
from export.reading import Builder, Place, Problems
from export.reading.builder import GREY
from export.reading.fields import items, mapping, text, whole
from export.reading.pictures import Pictures

CLASSES = "classes.json"
Painted = tuple[ImageRecord, Owners, list[Instance]]


def painted(dataset: Dataset, options: WriteOptions, report: Report, most: int) -> Iterator[Painted]:
    """Each image with the number of the object on top of each pixel, and the objects: at most so many."""
    for image, instances in by_image(dataset, options):
        writable = [item for item in instances if is_writable(item, report)]
        for item in writable[most:]:
            report.lose("too_many_objects", item, f"More than {most} objects on one picture do not fit.")
        owners, kept = paint(image, writable[:most], report)
        yield image, owners, kept
        report.add_image(image)
        report.instances += len(kept)


def as_png(numbers: NDArray[Any], most: int) -> bytes:
    """Numbers [h, w] as a grey PNG, of 8 bits where the data set has none above 255."""
    return encode_gray(numbers.astype(np.uint8)) if most < 256 else encode_gray16(numbers.astype(np.uint16))


def class_list(dataset: Dataset, **about: int) -> dict[str, Any]:
    """The document that tells what the numbers of classes are; they count from 1 by place."""
    classes = [
        {"number": number, "name": one.name, "color": one.color, "supercategory": one.supercategory}
        for number, one in enumerate(dataset.categories, start=1)
    ]
    return about | {"background": 0, "classes": classes}


def read_classes(files: Files, builder: Builder, problems: Problems) -> dict[int, int]:
    """Labels by their number in classes.json: ours, a list of names, or `{"1": "name"}`; none without the file."""
    path = next((path for path in files.paths() if PurePosixPath(path).name == CLASSES), "")
    labels: dict[int, int] = {}
    with problems.of(path):
        document = files.json(path) if path else {}
        entries = document.get("classes") if isinstance(document, dict) and "classes" in document else document
        if isinstance(entries, dict):
            entries = [{"number": int(number), "name": name} for number, name in entries.items() if number.isdecimal()]
        for row, entry in enumerate(items(entries, "classes"), start=1):
            one = mapping({"name": entry} if isinstance(entry, str) else entry, "A class")
            number = whole(one.get("number", one.get("id", row)))
            labels[number] = builder.label(
                text(one["name"]),
                color=str(one.get("color") or GREY),
                supercategory=str(one.get("supercategory") or ""),
            )
    return labels


def class_of(number: int, labels: Mapping[int, int]) -> int:
    """The label that classes.json gives a number. Raises ValueError where it gives none."""
    if number not in labels:
        raise ValueError(f"There is no class {number} in {CLASSES}.")
    return labels[number]


def has_room(item: Instance, number: int, most: int, report: Report) -> bool:
    """Whether an object's class is one of those that fit; otherwise the loss is noted."""
    if number <= most:
        return True
    report.lose("too_many_classes", item, f"Its class is number {number}; {most} fit into the format.")
    return False


def with_ids(values: Sequence[int], entry: Entry | None) -> list[tuple[int | None, int]]:
    """The values of a label map, lowest first, each with its object's id, in the order of ids; where objects.json names
    another number of objects, without ids."""
    ids = entry.ids if entry and len(entry.ids) == len(values) else [None] * len(values)
    return sorted(zip(ids, values, strict=True), key=lambda pair: (pair[0] or 0, pair[1]))


def maps_in(files: Files, folder: str, index: Mapping[str, Entry]) -> list[tuple[str, str]]:
    """Stem and path of each PNG under a folder of that name: in the order of objects.json, then by stem."""
    pngs = [path for path in files.paths() if path.endswith(".png") and f"/{folder}/" in f"/{path}"]
    by_stem = {f"/{path}".rpartition(f"/{folder}/")[2].removesuffix(".png"): path for path in pngs}
    known = [stem for stem in index if stem in by_stem]
    return [(stem, by_stem[stem]) for stem in dict.fromkeys([*known, *sorted(by_stem)])]


def image_path(name: str, split: str) -> str:
    """Where an image lies beside the label maps."""
    return f"images/{folder_of(split)}/{name}" if split else f"images/{name}"


def add_image(
    stem: str, size: tuple[int, int], entry: Entry | None, builder: Builder, pictures: Pictures, split: str = "",
    *, whole: bool = False,
) -> Place:  # fmt: skip
    """The image that a label map stands for; one in another folder never, where `whole` names mean something."""
    near = f"{split}/images"
    path = pictures.find_stem(f"images/{stem}", near, whole=whole) or pictures.find_stem(stem, near, whole=whole)
    if path:
        pictures.check(path, size[1], size[0])
    about = {"number": entry.image, "split": entry.split} if entry else {"split": split}
    name = entry.file_name if entry else f"{stem}{PurePosixPath(path).suffix or '.png'}"
    return builder.image(name, size[1], size[0], path=path, **about)

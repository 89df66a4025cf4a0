"""YOLO segmentation (Ultralytics): labels/<split>/<image>.txt, images/<split>/<image>, data.yaml.

- A line is `class x1 y1 x2 y2 ...`: the class from 0, points as shares of width and height along pixel edges.
- The format has one ring per object. Parts are joined by bridges and holes cut by seams, each run along twice, so
  that filling by the even-odd rule gives the mask exactly; readers that also draw outlines show them as hairlines.
- An image without objects has an empty file. Where nothing is divided, about one image in ten is for validation, chosen
  by its content: the training code wants both.
- Beyond the standard: objects.json tells which annotation each line is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import (
    DEFAULT,
    UNLABELLED,
    Format,
    Report,
    WriteOptions,
    folder_of,
    image_name,
    is_writable,
    stems_of,
)
from export.formats.index import Index, replayed
from export.formats.outlines import outline
from export.formats.painting import by_image
from export.formats.yolo_reader import read_yolo
from export.polygons import Polygon, Ring, filled

DIGITS = 7
"""Enough to find the pixel again in an image a million pixels wide."""
RULES = {
    "unlabelled": UNLABELLED,
    "attributes": "Attributes are left out.",
    "scores": "Scores are left out.",
    "prompts": "The points and the crop are left out.",
    "boxes": "A box is written as the polygon around it.",
    "crowds": "A crowd is written as any other object.",
    "stacking": "Objects come in the order of their numbers; which lies on top is not said.",
    "tags": "Tags of images are left out.",
}
OWN = frozenset({"ids"})
Line = Callable[[Instance, ImageRecord], str]


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes labels, data.yaml, and the images when asked for."""
    return write_lines(dataset, archive, options, Report(RULES), _points)


def write_lines(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions, report: Report, line: Line) -> Report:
    """Writes an archive whose label files have one `line` per object, after its class."""
    report.categories = len(dataset.categories)
    numbers = {category.id: number for number, category in enumerate(dataset.categories)}
    stems, index = stems_of(dataset), Index()
    splits: set[str] = set()
    for image, instances in by_image(dataset, options):
        kept = [item for item in instances if is_writable(item, report)]
        lines = [f"{numbers[item.category_id or 0]} {line(item, image)}\n" for item in kept]
        path = f"{split_of(image)}/{stems[image.id]}.txt"
        archive.add(f"labels/{path}", "".join(lines))
        index.add(path, image, kept)
        splits.add(split_of(image))
        report.add_image(image)
        report.instances += len(kept)
    archive.add("data.yaml", _yaml(dataset, splits))
    index.write(archive)
    if options.read_image is not None:
        for image in dataset.images:
            name = image_name(image, stems[image.id])
            archive.add(f"images/{split_of(image)}/{name}", options.read_image(image))
    options.progress(1.0)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, in the order of the images."""
    for path, entry in replayed(archive):
        lines = b"".join(archive.chunks(f"labels/{path}")).decode("ascii").splitlines()
        for line, instance_id in zip(lines, entry.ids, strict=True):
            numbers = line.split()[1:]
            across = [_edge(number, entry.width) for number in numbers[0::2]]
            down = [_edge(number, entry.height) for number in numbers[1::2]]
            ring = np.stack((across, down), axis=1)
            yield instance_id, filled([Polygon(ring)], entry.height, entry.width)


@lru_cache(maxsize=1 << 16)
def _edge(number: str, side: int) -> int:
    """The pixel edge that a share of a side means."""
    return round(float(number) * side)


FORMAT = Format(
    "yolo",
    "YOLO segmentation",
    "Ultralytics' text files; holes and parts joined into one ring.",
    write,
    replay,
    read_yolo,
    RULES,
    OWN,
)


def split_of(image: ImageRecord) -> str:
    """The image's own split; else "val" for about one in ten, "train" for the others, the same for the same image."""
    if image.split:
        return folder_of(image.split)
    digest = hashlib.sha256((image.sha256 or image.file_name).encode()).digest()
    return "val" if digest[0] % 10 == 0 else "train"


def one_ring(polygons: list[Polygon]) -> Ring:
    """All rings as one: from the first corner of the first along a bridge to each other one, round it, and back.

    Bridges are level and upright lines only, so that what is run along twice cancels exactly."""
    rings = [ring for polygon in polygons for ring in (polygon.outer, *polygon.holes)]
    start = rings[0][0]
    parts: list[Ring] = [rings[0], rings[0][:1]]
    for ring in rings[1:]:
        corner = np.array([[ring[0][0], start[1]]])
        parts += [corner, ring, ring[:1], corner, rings[0][:1]]
    return np.concatenate(parts) if len(rings) > 1 else rings[0]


def share(value: float) -> str:
    """A share of width or height, with as many digits as find the pixel again."""
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")


def _points(item: Instance, image: ImageRecord) -> str:
    ring = one_ring(outline(item.rle))
    words = np.stack((_shares(image.width)[ring[:, 0]], _shares(image.height)[ring[:, 1]]), axis=1)
    return " ".join(words.ravel().tolist())


@lru_cache(maxsize=16)
def _shares(side: int) -> NDArray[np.object_]:
    """The share of each pixel edge of a side, as text: an image has fewer of them than the outlines on it."""
    return np.array([share(edge / side) for edge in range(side + 1)], dtype=np.object_)


def _yaml(dataset: Dataset, splits: set[str]) -> str:
    """JSON strings are YAML strings, so names keep every character."""
    train = "train" if "train" in splits or not splits else sorted(splits)[0]
    val = "val" if "val" in splits else train
    quoted = [json.dumps(category.name, ensure_ascii=False) for category in dataset.categories]
    names = [f"  {number}: {name}" for number, name in enumerate(quoted)]
    more = [f"{json.dumps(split)}: images/{split}" for split in sorted(splits - {"train", "val"}) if split.isascii()]
    rows = ["path: .", f"train: images/{train}", f"val: images/{val}", *more]
    return "\n".join([*rows, "names:" if names else "names: {}", *names]) + "\n"

"""YOLO segmentation (Ultralytics): labels/<split>/<picture>.txt, images/<split>/<picture>, data.yaml.

- A line is `class x1 y1 x2 y2 ...`: the class from 0, points as shares of width and height along pixel edges.
- The format has one ring per object. Parts are joined by bridges and holes cut by seams, each run along twice, so
  that filling by the even-odd rule gives the mask exactly; readers that also draw outlines show them as hairlines.
- A picture without objects has an empty file. About one picture in ten is for validation, chosen by its content.
- Beyond the standard: objects.json tells which annotation each line is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, is_writable
from export.formats.outlines import outline
from export.formats.painting import by_image
from export.polygons import Polygon, Ring, fill

INDEX = "objects.json"
DIGITS = 7
"""Enough to find the pixel again in a picture a million pixels wide."""


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes labels, data.yaml, and the pictures when asked for."""
    report = Report(categories=len(dataset.categories))
    numbers = {category.id: number for number, category in enumerate(dataset.categories)}
    objects: dict[str, dict[str, object]] = {}
    for image, instances in by_image(dataset, options):
        kept = [item for item in instances if is_writable(item, report)]
        lines = [f"{numbers[item.category_id or 0]} {_points(item, image)}\n" for item in kept]
        path = f"{split_of(image)}/{_stem(image)}.txt"
        archive.add(f"labels/{path}", "".join(lines))
        objects[path] = {"size": [image.height, image.width], "ids": [item.id for item in kept]}
        report.images += 1
        report.instances += len(kept)
    archive.add("data.yaml", _yaml(dataset, {path.split("/")[0] for path in objects}))
    archive.add_json(INDEX, objects)
    if options.read_image is not None:
        for image in dataset.images:
            suffix = PurePosixPath(image.file_name).suffix
            archive.add(f"images/{split_of(image)}/{_stem(image)}{suffix}", options.read_image(image))
    options.progress(1.0)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, in the order of the pictures."""
    for path, entry in archive.json(INDEX).items():
        height, width = entry["size"]
        lines = b"".join(archive.chunks(f"labels/{path}")).decode("ascii").splitlines()
        for line, instance_id in zip(lines, entry["ids"], strict=True):
            shares = np.array(line.split()[1:], dtype=np.float64).reshape(-1, 2)
            ring = np.rint(shares * (width, height)).astype(np.int64)
            yield instance_id, rle.encode(fill([Polygon(ring)], height, width))


FORMAT = Format(
    "yolo", "YOLO segmentation", "Ultralytics' text files; holes and parts joined into one ring.", write, replay
)


def split_of(image: ImageRecord) -> str:
    """"val" for about one picture in ten, else "train"; the same picture always lands in the same."""
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


def _points(item: Instance, image: ImageRecord) -> str:
    shares = one_ring(outline(item.rle)) / (image.width, image.height)
    return " ".join(f"{value:.{DIGITS}f}".rstrip("0").rstrip(".") for value in shares.ravel().tolist())


def _stem(image: ImageRecord) -> str:
    """`photo.jpg` and `photo.png` would share a label file, so the extension stays in the name."""
    path = PurePosixPath(image.file_name)
    return f"{path.stem}_{path.suffix[1:]}" if path.suffix else path.stem


def _yaml(dataset: Dataset, splits: set[str]) -> str:
    """JSON strings are YAML strings, so names keep every character."""
    train = "train" if "train" in splits or not splits else "val"
    val = "val" if "val" in splits else train
    quoted = [json.dumps(category.name, ensure_ascii=False) for category in dataset.categories]
    names = [f"  {number}: {name}" for number, name in enumerate(quoted)]
    rows = ["path: .", f"train: images/{train}", f"val: images/{val}", "names:" if names else "names: {}", *names]
    return "\n".join(rows) + "\n"

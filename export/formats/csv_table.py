"""CSV: objects.csv with a row per object, images.csv with a row per image; images under images/.

- A mask is COCO's compressed run lengths, in the column `rle`, beside `height` and `width`; `x`, `y`, `w`, `h` are its
  box and `area` its pixels. UTF-8, commas, the first row names the columns.
- Attributes are one column of JSON, tags of an image too.
- Reading needs `image` and either `rle` or a box (`x y w h`, or `xmin ymin xmax ymax`); sizes come from images.csv,
  from `height` and `width`, or from the image. Every other column of another's file becomes an attribute.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable
from export.formats.csv_reader import IMAGES, OBJECTS, read_csv
from export.formats.painting import by_image

RULES: dict[str, str] = {}
_OBJECT = (
    "id", "image_id", "image", "height", "width", "label", "x", "y", "w", "h", "area", "rle", "z_order", "box", "crowd",
    "predicted_iou", "stability_score", "point_coords", "crop_box", "attributes",
)  # fmt: skip
_IMAGE = ("id", "image", "height", "width", "split", "tags")


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes both tables as streams, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    archive.add(IMAGES, _rows(_IMAGE, (_image(image) for image in dataset.images)))
    archive.add(OBJECTS, _rows(_OBJECT, _objects(dataset, options, report)))
    add_images(dataset, archive, options, lambda image: f"images/{image.file_name}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, row by row."""
    with archive.open(OBJECTS) as file:
        csv.field_size_limit(rle.MAX_TEXT)
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")):
            mask = {"size": [int(row["height"]), int(row["width"])], "counts": row["rle"]}
            yield int(row["id"]), rle.unread(mask, int(row["height"]), int(row["width"]))


FORMAT = Format(
    "csv",
    "CSV",
    "A table of objects with masks as run lengths, and one of images; nothing is lost.",
    write,
    replay,
    read_csv,
    RULES,
    frozenset({"prompts"}),
    lists_labels=False,
)


def _rows(columns: tuple[str, ...], rows: Iterator[list[Any]]) -> Iterator[bytes]:
    """The table in pieces."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(row)
        if target.tell() > 1 << 16:
            yield target.getvalue().encode("utf-8")
            target.seek(0)
            target.truncate()
    yield target.getvalue().encode("utf-8")


def _image(image: ImageRecord) -> list[Any]:
    tags = _json(list(image.tags)) if image.tags else ""
    return [image.id, image.file_name, image.height, image.width, image.split, tags]


def _objects(dataset: Dataset, options: WriteOptions, report: Report) -> Iterator[list[Any]]:
    names = {one.id: one.name for one in dataset.categories}
    for image, instances in by_image(dataset, options):
        report.add_image(image)
        for item in instances:
            if is_writable(item, report, needs_category=False):
                report.instances += 1
                yield _object(item, image, names)


def _object(item: Instance, image: ImageRecord, names: dict[int, str]) -> list[Any]:
    label = "" if item.category_id is None else names[item.category_id]
    points = _json([list(point) for point in item.point_coords]) if item.point_coords else ""
    return [
        item.id, image.id, image.file_name, image.height, image.width, label, *rle.bbox(item.rle), rle.area(item.rle),
        item.rle.counts, item.z_order, int(item.is_box), int(item.is_crowd), item.predicted_iou, item.stability_score,
        points, _json(list(item.crop_box)) if item.crop_box else "",
        _json(dict(item.attributes)) if item.attributes else "",
    ]  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

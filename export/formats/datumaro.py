"""Datumaro JSON: annotations/<split>.json (default.json where nothing is divided), images/<split>/<image>.

- An item's id is the image's name without extension, as Datumaro finds it by; `attr.id` is its number.
- Every object is one annotation of type "mask" (COCO run lengths) with its number, label and z_order; one of which only
  the box is known, a "bbox". Tags are annotations of type "label", with labels of their own.
- Numbers of labels count from 0 by their place. Colours are the mask category's.
- Beyond the standard: `maskwright` with what else the data set knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import (
    DEFAULT,
    Format,
    Report,
    WriteOptions,
    add_images,
    folder_of,
    image_name,
    is_writable,
    splits_of,
    stems_of,
    within,
)
from export.formats.datumaro_reader import TAG, read_datumaro
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image
from export.formats.voc import rgb
from export.reading.shapes import of_box

RULES: dict[str, str] = {}
OWN = frozenset({"scores", "prompts", "crowds"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a JSON file per split as a stream, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    stems, splits = stems_of(dataset), splits_of(dataset)
    tags = list(dict.fromkeys(tag for image in dataset.images for tag in image.tags))
    for split in splits:
        part = within(dataset, split) if len(splits) > 1 else dataset
        pieces = _document(part, dataset, tags, stems, options, report)
        archive.add(f"annotations/{folder_of(split)}.json", (piece.encode("utf-8") for piece in pieces))
    add_images(dataset, archive, options, lambda image: f"images/{folder_of(image.split)}/{_path(image, stems)}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file. Relies on this module's own layout: one item per line."""
    for path in archive.paths():
        if not path.startswith("annotations/"):
            continue
        with archive.open(path) as file:
            for line in file:
                if line.startswith(b'{"id":'):
                    yield from _replay(parse_line(line))


def parse_line(line: bytes) -> dict[str, Any]:
    """An item from its line."""
    item: dict[str, Any] = json.loads(line.rstrip().removesuffix(b"]}").rstrip(b","))
    return item


def _replay(item: dict[str, Any]) -> Iterator[tuple[int, rle.Rle]]:
    height, width = item["image"]["size"]
    for annotation in item["annotations"]:
        if annotation["type"] == "mask":
            yield annotation["id"], rle.unread(annotation["rle"], height, width)
        elif annotation["type"] == "bbox":
            x, y, across, down = annotation["bbox"]
            yield annotation["id"], of_box(x, y, across, down, height, width)


FORMAT = Format(
    "datumaro",
    "Datumaro",
    "JSON with masks, stacking, attributes and tags; nothing is lost.",
    write,
    replay,
    read_datumaro,
    RULES,
    OWN,
)


def _document(
    part: Dataset,
    dataset: Dataset,
    tags: list[str],
    stems: dict[int, str],
    options: WriteOptions,
    report: Report,
) -> Iterator[str]:
    labels = [{"name": one.name, "parent": one.supercategory, "attributes": []} for one in dataset.categories]
    labels += [{"name": tag, "parent": TAG, "attributes": []} for tag in tags]
    colours = [dict(zip("rgb", rgb(one), strict=True)) for one in dataset.categories]
    colormap = [{"label_id": number} | colour for number, colour in enumerate(colours)]
    about = {
        "label": {"labels": labels, "attributes": []},
        "mask": {"colormap": colormap, "attributes": []},
    }
    info = {"name": dataset.name, "created": dataset.created}
    head = {"dm_format_version": "1.0", "media_type": 2, "infos": info, "categories": about}
    yield dump_json(head).removesuffix("}") + ',"items":['
    numbers = {one.id: number for number, one in enumerate(dataset.categories)}
    count = len(dataset.categories)
    for index, (image, instances) in enumerate(by_image(part, options)):
        kept = [item for item in instances if is_writable(item, report, needs_category=False)]
        annotations = [_annotation(item, numbers) for item in kept]
        annotations += [_tag(count + tags.index(tag)) for tag in image.tags]
        yield ("," if index else "") + "\n" + dump_json(_item(image, stems, annotations))
        report.add_image(image)
        report.instances += len(kept)
    yield "]}\n"


def _path(image: ImageRecord, stems: dict[int, str]) -> str:
    return image_name(image, stems[image.id])


def _item(image: ImageRecord, stems: dict[int, str], annotations: list[dict[str, Any]]) -> dict[str, Any]:
    own = {key: value for key, value in of_image(image, numbered=True).items() if key not in {"tags", "split"}}
    return {
        "id": stems[image.id],
        "annotations": annotations,
        "attr": {"id": image.id},
        "image": {"path": _path(image, stems), "size": [image.height, image.width]},
        "maskwright": own,
    }


def _annotation(item: Instance, numbers: dict[int, int]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": item.id,
        "type": "bbox" if item.is_box else "mask",
        "attributes": dict(item.attributes),
        "group": 0,
        "label_id": None if item.category_id is None else numbers[item.category_id],
        "z_order": item.z_order,
    }
    entry |= {"bbox": [float(side) for side in rle.bbox(item.rle)]} if item.is_box else {"rle": item.rle.to_json()}
    own = {key: value for key, value in of_instance(item).items() if key not in {"z_order", "box"}}
    return entry | ({"maskwright": own} if own else {})


def _tag(label: int) -> dict[str, Any]:
    return {"id": 0, "type": "label", "attributes": {}, "group": 0, "label_id": label}

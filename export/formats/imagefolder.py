"""Hugging Face image folder: <split>/metadata.jsonl beside the images it names by `file_name`, as `load_dataset` of the
`imagefolder` kind finds it. `split` is "train" where nothing is divided.

- A line per image: `objects` holds lists side by side, as the library wants them: `id`, `bbox` [x, y, w, h], `area`,
  `category` (its place among the labels, from 0; -1 for none) and `rle` (COCO's compressed run lengths), beside
  `width`, `height` and `tags`. README.md and labels.json name the labels.
- Beyond that: `maskwright` of the image, and one text of JSON per object in `objects.extra`.
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
    is_writable,
    splits_of,
    within,
)
from export.formats.imagefolder_reader import LABELS, METADATA, read_imagefolder
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image

RULES: dict[str, str] = {}
OWN = frozenset({"attributes", "scores", "prompts", "boxes", "crowds", "stacking"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a list per split as a stream, and the images beside it when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    numbers = {one.id: number for number, one in enumerate(dataset.categories)}
    splits = splits_of(dataset)
    for split in splits:
        part = within(dataset, split) if len(splits) > 1 else dataset
        lines = _lines(part, numbers, options, report)
        archive.add(f"{folder_of(split, 'train')}/{METADATA}", (line.encode("utf-8") for line in lines))
    archive.add_json(LABELS, {"labels": [{"name": one.name, "color": one.color} for one in dataset.categories]})
    archive.add("README.md", card(dataset))
    add_images(dataset, archive, options, lambda image: f"{folder_of(image.split, 'train')}/{image.file_name}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, split by split."""
    for path in archive.paths():
        if path.endswith(f"/{METADATA}"):
            with archive.open(path) as file:
                for line in file:
                    image = json.loads(line)
                    for key, counts in zip(image["objects"]["id"], image["objects"]["rle"], strict=True):
                        mask = {"size": [image["height"], image["width"]], "counts": counts}
                        yield key, rle.unread(mask, image["height"], image["width"])


FORMAT = Format(
    "imagefolder",
    "Hugging Face image folder",
    "metadata.jsonl beside the pictures, as `datasets` loads it; nothing is lost.",
    write,
    replay,
    read_imagefolder,
    RULES,
    OWN,
)


def _lines(part: Dataset, numbers: dict[int, int], options: WriteOptions, report: Report) -> Iterator[str]:
    for image, instances in by_image(part, options):
        kept = [item for item in instances if is_writable(item, report, needs_category=False)]
        yield dump_json(line_of(image, kept, numbers)) + "\n"
        report.add_image(image)
        report.instances += len(kept)


def line_of(image: ImageRecord, instances: list[Instance], numbers: dict[int, int]) -> dict[str, Any]:
    """An image with its objects as lists side by side. `numbers` are the labels' places."""
    own = {key: value for key, value in of_image(image, numbered=True).items() if key not in {"tags", "file_name"}}
    return {
        "file_name": image.file_name,
        "width": image.width,
        "height": image.height,
        "tags": list(image.tags),
        "objects": {
            "id": [item.id for item in instances],
            "bbox": [list(rle.bbox(item.rle)) for item in instances],
            "area": [rle.area(item.rle) for item in instances],
            "category": [-1 if item.category_id is None else numbers[item.category_id] for item in instances],
            "rle": [item.rle.counts for item in instances],
            "extra": [_extra(item) for item in instances],
        },
        "maskwright": dump_json(own),
    }


def _extra(item: Instance) -> str:
    own = of_instance(item) | ({"attributes": dict(item.attributes)} if item.attributes else {})
    return dump_json(own) if own else ""


def card(dataset: Dataset) -> str:
    """The data set's card: its name, and the labels behind the numbers of `category`."""
    labels = "".join(f"  {number}: {json.dumps(one.name)}\n" for number, one in enumerate(dataset.categories))
    head = f"---\npretty_name: {json.dumps(dataset.name)}\nlabels:\n{labels}---\n" if labels else ""
    return f"{head}\n# {dataset.name}\n\n{dataset.description}\n"

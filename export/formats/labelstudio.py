"""Label Studio JSON: result.json with one task per image, images/<image>, labelling.xml with the set-up of the project.

- Every object is a region of type "brushlabels" (Label Studio's own bit-packed RGBA runs); one of which only the box is
  known, "rectanglelabels" in percent of the image. The region's id is the object's number.
- Tags are choices of the image. The split and what else is known of an image stand in the task's `data` and `meta`.
- Beyond the standard: `meta.maskwright` of a region with attributes and what else the data set knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, UNLABELLED, Format, Report, WriteOptions, add_images, is_writable
from export.formats.labelstudio_reader import read_labelstudio, region_mask
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image
from export.reading.brush import pack

FILE, SETUP = "result.json", "labelling.xml"
RULES = {"unlabelled": UNLABELLED}
OWN = frozenset({"attributes", "scores", "prompts", "crowds", "stacking", "splits", "ids"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes the tasks as a stream, the set-up, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    archive.add(FILE, (piece.encode("utf-8") for piece in _tasks(dataset, options, report)))
    archive.add(SETUP, _setup(dataset))
    add_images(dataset, archive, options, lambda image: f"images/{image.file_name}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask. Relies on this module's own layout: one task per line."""
    with archive.open(FILE) as file:
        for line in file:
            if line.startswith(b'{"id":'):
                for region in json.loads(line.rstrip().rstrip(b",]"))["annotations"][0]["result"]:
                    if region["type"] != "choices":
                        yield int(region["id"]), region_mask(region)


FORMAT = Format(
    "labelstudio",
    "Label Studio",
    "JSON tasks with Label Studio's own brush masks, and the set-up to import them.",
    write,
    replay,
    read_labelstudio,
    RULES,
    OWN,
)


def _tasks(dataset: Dataset, options: WriteOptions, report: Report) -> Iterator[str]:
    names = {category.id: category.name for category in dataset.categories}
    yield "["
    for index, (image, instances) in enumerate(by_image(dataset, options)):
        kept = [item for item in instances if is_writable(item, report)]
        yield ("," if index else "") + "\n" + dump_json(_task(image, kept, names))
        report.add_image(image)
        report.instances += len(kept)
    yield "]\n"


def _task(image: ImageRecord, instances: list[Instance], names: dict[int, str]) -> dict[str, Any]:
    size = {"original_width": image.width, "original_height": image.height}
    result = [_region(item, names) for item in instances]
    if image.tags:
        choices = {"type": "choices", "from_name": "tags", "to_name": "image", "value": {"choices": list(image.tags)}}
        result.append({"id": f"tags-{image.id}"} | size | choices)
    return {
        "id": image.id,
        "data": {"image": f"images/{image.file_name}"} | ({"split": image.split} if image.split else {}),
        "annotations": [{"id": image.id, "was_cancelled": False, "ground_truth": False, "result": result}],
        "predictions": [],
        "meta": {"maskwright": of_image(image, numbered=True) | {"size": [image.height, image.width]}},
    }


def _region(item: Instance, names: dict[int, str]) -> dict[str, Any]:
    height, width = item.rle.size
    kind = "rectanglelabels" if item.is_box else "brushlabels"
    if item.is_box:
        x, y, across, down = rle.bbox(item.rle)
        shares = {"x": 100 * x / width, "y": 100 * y / height}
        shape: dict[str, Any] = shares | {"width": 100 * across / width, "height": 100 * down / height, "rotation": 0}
    else:
        shape = {"format": "rle", "rle": pack(rle.decode(item.rle))}
    region = {
        "id": str(item.id), "type": kind, "from_name": kind, "to_name": "image", "original_width": width,
        "original_height": height, "image_rotation": 0, "value": shape | {kind: [names[item.category_id or 0]]},
    }  # fmt: skip
    own = {key: value for key, value in of_instance(item).items() if key != "box"}
    own |= {"attributes": dict(item.attributes)} if item.attributes else {}
    return region | ({"meta": {"maskwright": own}} if own else {})


def _setup(dataset: Dataset) -> str:
    """What a project has to be set up with before the tasks are imported."""
    view = Element("View")
    SubElement(view, "Image", {"name": "image", "value": "$image"})
    for name, tag in (("brushlabels", "BrushLabels"), ("rectanglelabels", "RectangleLabels")):
        control = SubElement(view, tag, {"name": name, "toName": "image"})
        for category in dataset.categories:
            SubElement(control, "Label", {"value": category.name, "background": category.color})
    tags = dict.fromkeys(tag for image in dataset.images for tag in image.tags)
    if tags:
        choices = SubElement(view, "Choices", {"name": "tags", "toName": "image", "choice": "multiple"})
        for tag in tags:
            SubElement(choices, "Choice", {"value": tag})
    indent(view)
    text: str = tostring(view, encoding="unicode")
    return text + "\n"

"""CVAT for images, XML 1.1: annotations.xml, images/<image>.

- Every object is a `mask`: runs along the rows of its box, background first; one of which only the box is known, a
  `box`.
- Attributes are text, as CVAT has them; numbers and yes or no are written as JSON spells them (`3`, `true`) and marked,
  so that they come back as they were.
- Tags of images are `tag` elements, with labels of their own. A split is the image's `subset`.
- Images count from 0 by their place. Beyond the standard: attributes of elements that start with `maskwright`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.crops import cut
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, UNLABELLED, Format, Report, WriteOptions, add_images, is_writable
from export.formats.cvat_reader import FILE, read_cvat
from export.formats.cvat_shapes import OWN_FIELD, mask_of
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image
from export.reading.markup import parse_xml
from export.reading.shapes import row_runs

RULES = {"unlabelled": UNLABELLED}
OWN = frozenset({"ids", "scores", "prompts", "crowds"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes the XML file as a stream, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    archive.add(FILE, (piece.encode("utf-8") for piece in _document(dataset, options, report)))
    add_images(dataset, archive, options, lambda image: f"images/{image.file_name}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask. Relies on this module's own layout: images one after the other, each whole."""
    lines: list[bytes] = []
    with archive.open(FILE) as file:
        for line in file:
            if line.startswith(b"  <image ") or lines:
                lines.append(line)
            if lines and (line.startswith(b"  </image>") or (line.rstrip().endswith(b"/>") and len(lines) == 1)):
                yield from _replay(parse_xml(b"".join(lines), FILE))
                lines = []


def _replay(image: Element) -> Iterator[tuple[int, rle.Rle]]:
    height, width = int(image.attrib["height"]), int(image.attrib["width"])
    for shape in image:
        if shape.tag in {"mask", "box"}:
            yield int(shape.attrib[f"{OWN_FIELD}-number"]), mask_of(shape, height, width)


FORMAT = Format(
    "cvat",
    "CVAT for images",
    "One XML file (1.1) with CVAT's own masks, attributes and tags.",
    write,
    replay,
    read_cvat,
    RULES,
    OWN,
)


def _document(dataset: Dataset, options: WriteOptions, report: Report) -> Iterator[str]:
    names = {category.id: category.name for category in dataset.categories}
    yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
    yield _indented(_meta(dataset))
    for place, (image, instances) in enumerate(by_image(dataset, options)):
        kept = [item for item in instances if is_writable(item, report)]
        yield _indented(_image(place, image, kept, names))
        report.add_image(image)
        report.instances += len(kept)
    yield "</annotations>\n"


def _indented(element: Element) -> str:
    indent(element, level=1)
    text: str = tostring(element, encoding="unicode")
    return f"  {text}\n"


def _meta(dataset: Dataset) -> Element:
    meta = Element("meta")
    task = SubElement(meta, "task")
    SubElement(task, "name").text = dataset.name
    SubElement(task, "size").text = str(len(dataset.images))
    SubElement(task, "mode").text = "annotation"
    SubElement(task, "created").text = dataset.created
    labels = SubElement(task, "labels")
    for category in dataset.categories:
        _label(labels, category.name, category.color, "any")
    for tag in dict.fromkeys(tag for image in dataset.images for tag in image.tags):
        _label(labels, tag, "#888888", "tag")
    return meta


def _label(labels: Element, name: str, color: str, kind: str) -> None:
    label = SubElement(labels, "label")
    SubElement(label, "name").text = name
    SubElement(label, "color").text = color
    SubElement(label, "type").text = kind
    SubElement(label, "attributes")


def _image(place: int, image: ImageRecord, instances: list[Instance], names: dict[int, str]) -> Element:
    about = {"id": str(place), "name": image.file_name} | ({"subset": image.split} if image.split else {})
    element = Element("image", about | {"width": str(image.width), "height": str(image.height)})
    own = {key: value for key, value in of_image(image).items() if key != "tags"} | {"number": image.id}
    element.set(OWN_FIELD, json.dumps(own, ensure_ascii=False))
    for item in instances:
        _shape(element, item, names[item.category_id or 0])
    for tag in image.tags:
        SubElement(element, "tag", {"label": tag, "source": "manual"})
    return element


def _shape(parent: Element, item: Instance, label: str) -> None:
    part, x, y = cut(item.rle)
    height, width = part.shape
    common = {"label": label, "source": "manual", "occluded": str(int(item.attributes.get("occluded") is True))}
    if item.is_box:
        sides = {"xtl": x, "ytl": y, "xbr": x + width, "ybr": y + height}
        shape = SubElement(parent, "box", common | {name: f"{side:.2f}" for name, side in sides.items()})
    else:
        runs = ", ".join(map(str, row_runs(part)))
        sides = {"left": x, "top": y, "width": width, "height": height}
        shape = SubElement(parent, "mask", common | {"rle": runs} | {name: str(side) for name, side in sides.items()})
    shape.set("z_order", str(item.z_order))
    shape.set(f"{OWN_FIELD}-number", str(item.id))
    own = {key: value for key, value in of_instance(item).items() if key not in {"z_order", "box"}}
    if own:
        shape.set(OWN_FIELD, json.dumps(own, ensure_ascii=False))
    for name, value in item.attributes.items():
        field = SubElement(shape, "attribute", {"name": name} | _kind(value))
        field.text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kind(value: Any) -> dict[str, str]:
    return {} if isinstance(value, str) else {f"{OWN_FIELD}-kind": "json"}

"""COCO instances: annotations/instances_default.json, pictures under images/default/.

- Ids start at 1: COCO's evaluation reads a truth id of 0 as "no match".
- One object is one annotation, however many parts it has; `iscrowd` is 0 for every one of them, run lengths or not.
- `area` and `bbox` are the mask's, never a polygon's; `width` and `height` are those after EXIF rotation.
- `segmentation` is the compressed string by default; "uncompressed" lists the runs. COCO polygons know no holes:
  "auto" writes polygons where they say exactly the same and run lengths where they do not, "polygons" always
  writes polygons and reports what got lost.
- Beyond the standard: `attributes` per annotation, `maskwright` with the object's own id and origin. What was only
  suggested has `"suggestion": true` there, and its scores: a reader that wants accepted objects leaves those out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable, with_progress
from export.formats.coco_reader import decode_segmentation, read_coco
from export.formats.outlines import filled_pixels, outline

PATH = "annotations/instances_default.json"
IMAGES = "images/default"


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes the JSON file as a stream and, when asked for, the pictures beside it."""
    report = Report()
    archive.add(PATH, (chunk.encode("utf-8") for chunk in _document(dataset, options, report)))
    add_images(dataset, archive, options, IMAGES)
    return report


def read(archive: ArchiveReader) -> tuple[Dataset, list[str]]:
    """Reads the first COCO instances file of an archive."""
    return read_coco(archive)


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask. Relies on this module's own layout: one entry per line, images first."""
    sizes: dict[int, tuple[int, int]] = {}
    with archive.open(PATH) as file:
        for line in file:
            if not line.startswith(b'{"id":'):
                continue
            entry = json.loads(line.rstrip().removesuffix(b"]}").removesuffix(b'],"annotations":[').rstrip(b","))
            if "file_name" in entry:
                sizes[entry["id"]] = (entry["height"], entry["width"])
            else:
                yield entry["id"], decode_segmentation(entry["segmentation"], *sizes[entry["image_id"]])


FORMAT = Format(
    "coco",
    "COCO instances",
    "One JSON file; every mask exactly as reviewed, as COCO run lengths.",
    write,
    replay,
    read,
)


def _document(dataset: Dataset, options: WriteOptions, report: Report) -> Iterator[str]:
    yield f'{{"info":{dump_json(_info(dataset))},"licenses":[],"categories":'
    categories = [{"id": c.id, "name": c.name, "supercategory": c.supercategory} for c in dataset.categories]
    report.categories = len(categories)
    yield dump_json(categories)
    yield ',"images":['
    for index, image in enumerate(dataset.images):
        yield ("," if index else "") + "\n" + dump_json(_image(image))
        report.images += 1
    yield '],"annotations":['
    for instance in with_progress(dataset, options):
        if is_writable(instance, report):
            yield ("," if report.instances else "") + "\n" + dump_json(_annotation(instance, options, report))
            report.instances += 1
    yield "]}\n"


def _info(dataset: Dataset) -> dict[str, Any]:
    year = dataset.created[:4]
    return {
        "description": dataset.description or dataset.name,
        "version": "1.0",
        "year": int(year) if year.isdigit() else 0,
        "contributor": "",
        "url": "",
        "date_created": dataset.created,
    }


def _image(image: ImageRecord) -> dict[str, Any]:
    entry = {"id": image.id, "width": image.width, "height": image.height, "file_name": image.file_name}
    entry |= {"license": 0, "coco_url": "", "flickr_url": "", "date_captured": ""}
    return entry | ({"maskwright": {"id": image.key, "sha256": image.sha256}} if image.key else {})


def _annotation(instance: Instance, options: WriteOptions, report: Report) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": instance.id,
        "image_id": instance.image_id,
        "category_id": instance.category_id,
        "segmentation": _segmentation(instance, options, report),
        "area": rle.area(instance.rle),
        "bbox": list(rle.bbox(instance.rle)),
        "iscrowd": 0,
    }
    if instance.attributes:
        entry["attributes"] = dict(instance.attributes)
    if instance.key:
        entry["maskwright"] = {"id": instance.key, "stage": instance.stage, "z_order": instance.z_order}
        if instance.suggested:
            scores = {"predicted_iou": instance.predicted_iou, "stability_score": instance.stability_score}
            entry["maskwright"] |= {"suggestion": True} | scores
    return entry


def _segmentation(instance: Instance, options: WriteOptions, report: Report) -> object:
    if options.segmentation == "rle":
        return instance.rle.to_json()
    if options.segmentation == "uncompressed":
        return {"size": list(instance.rle.size), "counts": rle.runs(instance.rle).tolist()}
    polygons = outline(instance.rle)
    if not any(polygon.holes for polygon in polygons):
        return [polygon.outer.ravel().tolist() for polygon in polygons]
    if options.segmentation == "auto":
        return instance.rle.to_json()
    added = filled_pixels(polygons, instance.rle)
    report.lose("holes", instance, f"COCO polygons cannot hold holes: {added} background pixels were filled.")
    return [polygon.outer.ravel().tolist() for polygon in polygons]

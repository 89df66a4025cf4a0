"""COCO instances: annotations/instances_default.json, images under images/default/; where the data set is divided, a
file and a folder for each split.

- Category ids are the data set's own and may have gaps, so that a deleted label moves no other.
- Ids start at 1: COCO's evaluation reads a truth id of 0 as "no match".
- One object is one annotation, however many parts it has; `iscrowd` is 1 for what the data set calls a crowd and for
  nothing else, run lengths or not.
- `area` and `bbox` are the mask's, never a polygon's; `width` and `height` are those after EXIF rotation.
- `segmentation` is the compressed string by default; "uncompressed" lists the runs. COCO polygons know no holes:
  "auto" writes polygons where they say exactly the same and run lengths where they do not, "polygons" always
  writes polygons and reports what got lost.
- An object whose attribute `track_id` is a whole number has it as a field too, as data sets of videos do.
- Beyond the standard: `attributes` per annotation, `maskwright` with the object's own id, origin and what else COCO
  has no field for. What was only suggested has `"suggestion": true` there: a reader that wants accepted objects leaves
  those out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Dataset, ImageRecord, Instance
from export.files import Files
from export.formats.base import (
    DEFAULT,
    UNLABELLED,
    Format,
    Report,
    WriteOptions,
    add_images,
    folder_of,
    is_writable,
    splits_of,
    with_progress,
    within,
)
from export.formats.coco_reader import decode_segmentation, read_coco
from export.formats.outlines import filled_pixels, outline
from export.formats.own import of_image, of_instance, whole_track
from export.reading import Problem
from export.spool import in_batches, parsed

PATH = "annotations/instances_default.json"
RULES = {"unlabelled": UNLABELLED}
OWN = frozenset({"attributes", "scores", "prompts", "boxes", "stacking", "tags"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a JSON file per split as a stream and, when asked for, the images beside it."""
    report = Report(RULES)
    splits = splits_of(dataset)
    for split in splits:
        path = f"annotations/instances_{folder_of(split)}.json"
        part = within(dataset, split) if len(splits) > 1 else dataset
        archive.add(path, (chunk.encode("utf-8") for chunk in _document(part, options, report)))
    add_images(dataset, archive, options, lambda image: f"images/{folder_of(image.split)}/{image.file_name}")
    return report


def read(files: Files) -> tuple[Dataset, list[Problem]]:
    """Reads every COCO instances file."""
    return read_coco(files)


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, split by split. Relies on this module's own layout: one entry per line, images
    first."""
    for path in archive.paths():
        if path.startswith("annotations/instances_"):
            yield from _replay(archive, path)


def _replay(archive: ArchiveReader, path: str) -> Iterator[tuple[int, rle.Rle]]:
    sizes: dict[int, tuple[int, int]] = {}
    for lines in in_batches(archive.open(path)):
        for entry in parsed(_entry(line) for line in lines if line.startswith(b'{"id":')):
            if "file_name" in entry:
                sizes[entry["id"]] = (entry["height"], entry["width"])
            else:
                yield entry["id"], _as_written(entry["segmentation"], *sizes[entry["image_id"]])


def _entry(line: bytes) -> bytes:
    return line.rstrip(b",\n").removesuffix(b"]}").removesuffix(b'],"annotations":[')


def _as_written(segmentation: object, height: int, width: int) -> rle.Rle:
    if isinstance(segmentation, dict):
        return rle.unread(segmentation, height, width)
    return decode_segmentation(segmentation, height, width)


FORMAT = Format(
    "coco",
    "COCO instances",
    "One JSON file; every mask exactly as reviewed, as COCO run lengths.",
    write,
    replay,
    read,
    RULES,
    OWN,
)


def _document(dataset: Dataset, options: WriteOptions, report: Report) -> Iterator[str]:
    yield f'{{"info":{dump_json(_info(dataset))},"licenses":[],"categories":'
    categories = [{"id": c.id, "name": c.name, "supercategory": c.supercategory} for c in dataset.categories]
    report.categories = len(categories)
    yield dump_json(categories)
    yield ',"images":['
    for index, image in enumerate(dataset.images):
        yield ("," if index else "") + "\n" + dump_json(_image(image))
        report.add_image(image)
    yield '],"annotations":['
    before = report.instances
    for instance in with_progress(dataset, options):
        if is_writable(instance, report):
            yield ("," if report.instances > before else "") + "\n" + dump_json(_annotation(instance, options, report))
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
    own = of_image(image)
    return entry | ({"maskwright": own} if own else {})


def _annotation(instance: Instance, options: WriteOptions, report: Report) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": instance.id,
        "image_id": instance.image_id,
        "category_id": instance.category_id,
        "segmentation": _segmentation(instance, options, report),
        "area": rle.area(instance.rle),
        "bbox": list(rle.bbox(instance.rle)),
        "iscrowd": int(instance.is_crowd),
    }
    if instance.attributes:
        entry["attributes"] = dict(instance.attributes)
    if (track := whole_track(instance.attributes)) is not None:
        entry["track_id"] = track
    own = of_instance(instance)
    return entry | ({"maskwright": own} if own else {})


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

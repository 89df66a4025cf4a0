"""V7 Darwin JSON 2.0: annotations/<image>.json, images/<image>.

- Objects are `mask` annotations whose pixels stand in the image's one `raster_layer`: pairs of a number and how many
  pixels have it, row by row; `mask_annotation_ids_mapping` says which annotation each number is.
- A pixel has one number there, and a layer at most 255 of them. An object that shares a pixel with an object before
  it, or comes after so many, is a `polygon` instead, along pixel edges and with its holes among its `paths` (even-odd),
  which loses nothing either: corners of pixels, not their middles, as COCO has them. One of which only the box is known
  is a `bounding_box`.
- Tags of images are `tag` annotations. A folder is the item's `path`.
- Annotations' ids are UUIDs made of the objects' numbers. Beyond the standard: `maskwright` with what else the data set
  knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.crops import cut
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, UNLABELLED, Format, Report, WriteOptions, add_images, is_writable, stems_of
from export.formats.darwin_reader import Raster, mask_of, read_darwin, size_of
from export.formats.outlines import outline
from export.formats.own import of_image, of_instance
from export.formats.painting import Owners, by_image

FOLDER, SLOT, LAYER = "annotations", "0", "__raster_layer__"
MOST_MASKS = 255
"""In one raster layer: V7's own library unpacks it to bytes."""
RULES = {"unlabelled": UNLABELLED}
OWN = frozenset({"attributes", "scores", "prompts", "crowds", "stacking", "splits", "ids"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a JSON file per image, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    names = {category.id: category.name for category in dataset.categories}
    stems = stems_of(dataset)
    for image, instances in by_image(dataset, options):
        kept = [item for item in instances if is_writable(item, report)]
        archive.add_json(f"{FOLDER}/{stems[image.id]}.json", _document(dataset.name, image, kept, names))
        report.add_image(image)
        report.instances += len(kept)
    add_images(dataset, archive, options, lambda image: f"images/{image.file_name}")
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file."""
    for path in archive.paths():
        if path.startswith(f"{FOLDER}/"):
            document = archive.json(path)
            size = size_of(document)
            assert size is not None
            raster = Raster(document["annotations"], size)
            for entry in document["annotations"]:
                if "number" in entry.get("maskwright", {}):
                    yield entry["maskwright"]["number"], mask_of(entry, raster, size)


FORMAT = Format(
    "darwin",
    "V7 Darwin JSON",
    "One JSON file per picture, version 2.0: masks, and polygons where they overlap; nothing is lost.",
    write,
    replay,
    read_darwin,
    RULES,
    OWN,
    lists_labels=False,
)


def _document(title: str, image: ImageRecord, instances: list[Instance], names: dict[int, str]) -> dict[str, Any]:
    place = PurePosixPath(image.file_name)
    own = {key: value for key, value in of_image(image, numbered=True).items() if key != "tags"}
    slot = {
        "type": "image", "slot_name": SLOT, "width": image.width, "height": image.height,
        "source_files": [{"file_name": place.name}],
    }  # fmt: skip
    return {
        "version": "2.0",
        "item": {
            "name": place.name,
            "path": "/" if len(place.parts) == 1 else f"/{place.parent}",
            "source_info": {"dataset": {"name": title}},
            "slots": [slot],
        },
        "annotations": [*_tags(image), *_annotations(image, instances, names)],
        "maskwright": own,
    }


def _tags(image: ImageRecord) -> Iterator[dict[str, Any]]:
    for tag in image.tags:
        yield {"id": _id(f"image {image.id} tag {tag}"), "name": tag, "slot_names": [SLOT], "tag": {}}


def _annotations(image: ImageRecord, instances: list[Instance], names: dict[int, str]) -> Iterator[dict[str, Any]]:
    """The objects, and after them the raster layer that holds the pixels of the masks among them."""
    owners: Owners = np.zeros((image.height, image.width), dtype=np.int32)
    mapping: dict[str, int] = {}
    for item in instances:
        key = _id(f"object {item.id}")
        entry: dict[str, Any] = {"id": key, "name": names[item.category_id or 0], "slot_names": [SLOT]}
        x, y, width, height = rle.bbox(item.rle)
        box = {"x": x, "y": y, "w": width, "h": height}
        if item.is_box:
            entry |= {"bounding_box": box}
        elif len(mapping) < MOST_MASKS and _painted(owners, item, len(mapping) + 1):
            mapping[key] = len(mapping) + 1
            entry |= {"mask": {}}
        else:
            entry |= {"bounding_box": box, "polygon": {"paths": _paths(item)}}
        own = {key: value for key, value in of_instance(item).items() if key != "box"}
        own |= {"attributes": dict(item.attributes)} if item.attributes else {}
        yield entry | {"maskwright": own | {"number": item.id}}
    if mapping:
        layer = {"mask_annotation_ids_mapping": mapping, "total_pixels": owners.size, "dense_rle": _runs(owners)}
        yield {"id": _id(f"image {image.id}"), "name": LAYER, "slot_names": [SLOT], "raster_layer": layer}


def _painted(owners: Owners, item: Instance, number: int) -> bool:
    """Gives the object's pixels their number, unless one of them has one already."""
    part, x, y = cut(item.rle)
    window = owners[y : y + part.shape[0], x : x + part.shape[1]]
    if window[part].any():
        return False
    window[part] = number
    return True


def _paths(item: Instance) -> list[list[dict[str, int]]]:
    rings = [ring for polygon in outline(item.rle) for ring in (polygon.outer, *polygon.holes)]
    return [[{"x": x, "y": y} for x, y in ring.tolist()] for ring in rings]


def _runs(owners: Owners) -> list[int]:
    """Number, count, number, count, ... along the rows."""
    flat = owners.ravel()
    borders = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]))
    pairs: list[int] = np.stack((flat[borders[:-1]], np.diff(borders)), axis=1).ravel().tolist()
    return pairs


def _id(what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"maskwright:{what}"))

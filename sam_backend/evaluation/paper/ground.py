"""People's masks of one set as a COCO data set: all of them, small ones too, with the file's own ids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycocotools import mask as coco_mask

from sam_backend.data.drawn import draw, held_out
from sam_backend.data.records import Record, to_rle

Annotation = dict[str, Any]
UNNAMED = "object"


@dataclass(frozen=True)
class Ground:
    """One set.

    Attributes:
        name: of the set.
        photos: by COCO image id, in the file's order; without masks.
        annotations: COCO's, with run lengths at image size, ids from 1, pixel counts where the file tells no area. A
            data folder's carry "source" too.
        categories: COCO's; one called "object" where masks have no labels.
        labelled: whether categories say anything.
    """

    name: str
    photos: Mapping[int, Record]
    annotations: list[Annotation]
    categories: list[dict[str, Any]]
    labelled: bool

    def of(self, image: int) -> list[Annotation]:
        """The masks of one image."""
        return [row for row in self.annotations if row["image_id"] == image]


def read_ground(source: Path, limit: int | None = None, left_out: float | None = None) -> Ground:
    """Reads a data folder or a COCO instances file; `limit` draws so many of its images (see `draw`), `left_out` keeps
    those that training leaves out with this share (see `held_out`).

    A data folder's image ids are the numbers of its lines, its category ids those of its labels in order, from 1.

    Raises:
        ValueError: a source without masks, or one that cannot be read.
    """
    try:
        if source.is_dir():
            rows = (source / "annotations.jsonl").read_text().splitlines()
            ground = _of_folder(source, [json.loads(row) for row in rows])
        else:
            ground = _of_coco(source, json.loads(source.read_text()))
    except OSError as error:
        raise ValueError(f"{source}: neither a data folder nor a COCO .json file: {error}") from error
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{source}: not annotations that can be read: {error!r}") from error
    ids = [key for key, photo in ground.photos.items() if left_out is None or held_out(photo.path.name, left_out)]
    kept = {ids[index]: ground.photos[ids[index]] for index in draw(len(ids), limit)}
    masks = [row for row in ground.annotations if row["image_id"] in kept]
    if not masks:
        raise ValueError(f"{source}: no masks to measure against")
    return Ground(ground.name, kept, masks, ground.categories, ground.labelled)


def _of_folder(folder: Path, rows: list[dict[str, Any]]) -> Ground:
    labels = sorted({mask.get("label") or UNNAMED for row in rows for mask in row["masks"]})
    place = {label: number for number, label in enumerate(labels, 1)}
    photos = {
        number: Record(folder.name, folder / row["image"], row["height"], row["width"], (), ())
        for number, row in enumerate(rows, 1)
    }

    def masks() -> Iterator[Annotation]:
        for number, row in enumerate(rows, 1):
            for mask in row["masks"]:
                category = place[mask.get("label") or UNNAMED]
                yield {"image_id": number, "category_id": category, "segmentation": mask["rle"]} | {
                    "source": mask.get("source", "")
                }

    categories = [{"id": number, "name": label} for label, number in place.items()]
    return Ground(folder.name, photos, _numbered(masks(), photos, folder), categories, labels != [UNNAMED])


def _of_coco(source: Path, data: dict[str, Any]) -> Ground:
    photos = {}
    for image in data["images"]:
        path = source.parent / image["file_name"]
        if not path.is_file():
            path = source.parent / "images" / image["file_name"]
        photos[image["id"]] = Record(source.stem, path, image["height"], image["width"], (), ())
    rows = [dict(row) for row in data["annotations"]]
    known = {row.get("category_id", 1) for row in rows}
    categories = list(data.get("categories", []))
    unlisted = sorted(known - {category["id"] for category in categories})
    categories += [{"id": number, "name": str(number)} for number in unlisted]
    if not all("category_id" in row for row in rows):
        categories, rows = [{"id": 1, "name": UNNAMED}], [row | {"category_id": 1} for row in rows]
    return Ground(source.stem, photos, _numbered(iter(rows), photos, source), categories, len(categories) > 1)


def _numbered(rows: Iterator[Annotation], photos: Mapping[int, Record], source: Path) -> list[Annotation]:
    found = []
    for number, row in enumerate(rows, 1):
        if row["image_id"] not in photos:
            raise ValueError(f"{source}: mask {number} belongs to image {row['image_id']}, which is not listed.")
        photo = photos[row["image_id"]]
        rle = to_rle(row["segmentation"], photo.height, photo.width)
        if list(rle["size"]) != [photo.height, photo.width]:
            raise ValueError(f"{source}: mask {number} is of another size than its picture {photo.path.name}.")
        found.append(
            {
                "source": "", "iscrowd": 0, "area": int(coco_mask.area(rle)),
                "bbox": [float(value) for value in coco_mask.toBbox(rle)],
                **row, "id": number, "segmentation": rle,
            }
        )  # fmt: skip
    return found

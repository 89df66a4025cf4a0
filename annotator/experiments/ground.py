"""Drawn images as one set of the library's: masks at the size at which they are compared, labels as categories."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from annotator.evaluations.masks import LONGEST_SIDE as LONGEST
from annotator.evaluations.masks import UNLABELLED, small_mask, small_size
from annotator.experiments.parameters import COVERED, LONGEST_SIDE, Task
from annotator.experiments.truth import Data, Mask
from annotator.projects.models import Image
from sam_backend.data.records import MAX_AREA, MIN_AREA, Record
from sam_backend.evaluation.paper.ground import Annotation, Ground

SET = "project"
Small = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Measurable:
    """What is measured on: the library's set, its images by their record's path, and the masks among them that were
    made with the measured model."""

    ground: Ground
    images: dict[Path, Image]
    own: int
    labels: dict[str, int]
    """Category of each label, blank for masks without one."""


def longest_side(task: str) -> int:
    """Pixels at which a task is measured."""
    return LONGEST_SIDE.get(task, LONGEST)


def measurable(data: Data, task: str, version: uuid.UUID) -> Measurable:
    """Return what a task can be measured on; masks of which nothing is left are not in it, nor images without any.
    For edges, only images that masks cover."""
    labels = {name: place for place, name in enumerate(sorted({m.label for _, ms in data.drawn for m in ms}), 1)}
    photos: dict[int, Record] = {}
    images: dict[Path, Image] = {}
    rows: list[Annotation] = []
    own = 0
    for number, (image, masks) in enumerate(data.drawn, 1):
        found = list(_small(image, masks, longest_side(task)))
        if not found or (task == Task.EDGES and _covered([small for _, small in found]) < COVERED):
            continue
        photos[number] = _record(image, [small for _, small in found], task)
        images[photos[number].path] = image
        for mask, small in found:
            rows.append(_row(len(rows) + 1, number, labels[mask.label], small))
            own += mask.made_with == version
    categories = [_category(place, name, data.frequency) for name, place in labels.items()]
    return Measurable(Ground(SET, photos, rows, categories, labelled=set(labels) != {""}), images, own, labels)


def records_of(ground: Ground) -> list[Record]:
    """The images of which a mask is of a size that can be clicked on (0.2 to 90 % of the image)."""
    return [record for record in ground.photos.values() if record.counts]


def _small(image: Image, masks: Sequence[Mask], longest: int) -> Iterator[tuple[Mask, Small]]:
    for mask in masks:
        small = small_mask(image, mask.rle, longest)
        if small.any():
            yield mask, small


def _covered(masks: Sequence[Small]) -> float:
    return float(np.logical_or.reduce(masks).mean())


def _record(image: Image, masks: Sequence[Small], task: str) -> Record:
    """The image by its id, which draws its masks as a file's name does; with masks only where they are clicked on."""
    height, width = masks[0].shape
    usable = [m for m in masks if MIN_AREA <= m.mean() <= MAX_AREA] if task == Task.POINT else []
    counts = tuple(_encoded(mask)["counts"].decode() for mask in usable)
    return Record(SET, Path(str(image.pk)), height, width, counts, tuple(float(mask.mean()) for mask in usable))


def _row(number: int, image: int, category: int, mask: Small) -> Annotation:
    rle = _encoded(mask)
    return {
        "id": number, "image_id": image, "category_id": category, "segmentation": rle, "iscrowd": 0, "source": "",
        "area": int(coco_mask.area(rle)), "bbox": [float(value) for value in coco_mask.toBbox(rle)],
    }  # fmt: skip


def _encoded(mask: Small) -> dict[str, Any]:
    return dict(coco_mask.encode(np.asfortranarray(mask, np.uint8)))


def _category(place: int, name: str, frequency: dict[str, int]) -> dict[str, Any]:
    return {"id": place, "name": name or UNLABELLED} | ({"image_count": frequency[name]} if name in frequency else {})


def size_of(image: Image, task: str) -> tuple[int, int]:
    """The (height, width) at which an image is measured."""
    return small_size(image, longest_side(task))

"""Boxes that instances are asked for: those of people's masks, or a detector's, from a COCO results file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from sam_backend.evaluation.paper.ground import Ground

MOST = 100
"""Detections of an image that COCO judges."""


@dataclass(frozen=True)
class Given:
    """A box (x0, y0, x1, y1) in image pixels, what it shows, and how sure the detector is (None: no detector)."""

    box: npt.NDArray[np.float32]
    category: int
    score: float | None


Boxes = Mapping[int, list[Given]]


def boxes_of_people(ground: Ground) -> Boxes:
    """Tight boxes around people's masks by image id; crowds have none."""
    found: dict[int, list[Given]] = {}
    for row in ground.annotations:
        x, y, width, height = (float(value) for value in coco_mask.toBbox(row["segmentation"]))
        if not row["iscrowd"] and width and height:
            given = Given(np.array([x, y, x + width, y + height], np.float32), row["category_id"], None)
            found.setdefault(row["image_id"], []).append(given)
    return found


def read_boxes(file: Path, ground: Ground) -> Boxes:
    """A detector's boxes by image id, at most 100 of an image, the surest.

    The file is a COCO results file, a list of `{"image_id", "category_id", "bbox": [x, y, width, height], "score"}`.
    Those of images that are not measured are left out.

    Raises:
        ValueError: not such a list, a box without size, a number that is none, no box of any measured image, a category
            that the masks do not have.
    """
    try:
        rows = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: not a COCO results file: {error}") from error
    if not isinstance(rows, list):
        raise ValueError(f"{file}: a COCO results file is a list of detections; this is none.")
    found: dict[int, list[Given]] = {}
    known = {row["id"] for row in ground.categories}
    for number, row in enumerate(rows, 1):
        image, given = _given(row, f"{file}: detection {number}")
        if image in ground.photos:
            if not ground.labelled:
                given = replace(given, category=ground.categories[0]["id"])
            elif given.category not in known:
                raise ValueError(f"{file}: detection {number} is of category {given.category}, which no mask can have.")
            found.setdefault(image, []).append(given)
    if not found:
        raise ValueError(f"{file}: none of its {len(rows)} detections is of an image that is measured.")
    return surest(found)


def surest(found: Boxes) -> Boxes:
    """At most 100 boxes of each image, the best scores first."""
    return {image: sorted(boxes, key=lambda given: -(given.score or 0))[:MOST] for image, boxes in found.items()}


def _given(row: Any, where: str) -> tuple[int, Given]:
    try:
        x, y, width, height = (float(value) for value in row["bbox"])
        image, category, score = int(row["image_id"]), int(row["category_id"]), float(row["score"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{where} needs image_id, category_id, bbox of four numbers and score: {error!r}") from error
    if not np.isfinite([x, y, width, height, score]).all() or width <= 0 or height <= 0:
        raise ValueError(f"{where} has a box without size, or a number that is none: {row['bbox']}, {row['score']}")
    return image, Given(np.array([x, y, x + width, y + height], np.float32), category, score)

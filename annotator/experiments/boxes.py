"""A detector's boxes at the size and in the categories in which they are judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.experiments.ground import Measurable, size_of
from annotator.experiments.parameters import Task
from annotator.suggestions.boxes.reading import Box
from sam_backend.evaluation.paper.boxes import Given


@dataclass
class Placed:
    """Boxes by COCO image id, and what was left out: how many lie on images that are not measured, and how many name
    a category that no mask has, by its name."""

    boxes: dict[int, list[Given]] = field(default_factory=dict)
    elsewhere: int = 0
    unknown: dict[str, int] = field(default_factory=dict)

    def count(self) -> int:
        """Boxes that are judged."""
        return sum(map(len, self.boxes.values()))


def placed(stored: dict[str, Any], on: Measurable) -> Placed:
    """Sort stored boxes (see `Detections`) to what is measured. Where no mask has a label, categories do not count."""
    found = Placed()
    numbers = {str(on.images[record.path].pk): number for number, record in on.ground.photos.items()}
    labels = {name.casefold(): place for name, place in on.labels.items()}
    for image, boxes in stored.items():
        if image not in numbers:
            found.elsewhere += len(boxes)
            continue
        number = numbers[image]
        scale = _scale(on, number)
        for box in map(Box.from_json, boxes):
            category = labels.get(box.category.casefold()) if on.ground.labelled else on.ground.categories[0]["id"]
            if category is None:
                found.unknown[box.category] = found.unknown.get(box.category, 0) + 1
            else:
                found.boxes.setdefault(number, []).append(_given(box, category, scale))
    return found


def _scale(on: Measurable, number: int) -> tuple[float, float]:
    """Measured pixels for each of the image's, across and down."""
    image = on.images[on.ground.photos[number].path]
    height, width = size_of(image, Task.INSTANCES)
    return width / image.width, height / image.height


def _given(box: Box, category: int, scale: tuple[float, float]) -> Given:
    x, y, width, height = box.box
    corners = np.array([x, y, x + width, y + height]) * (*scale, *scale)
    return Given(corners.astype(np.float32), category, box.score)

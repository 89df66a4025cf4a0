"""One automatic mask, with all fields of an SA-1B annotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sam_backend.rle import Rle

XYWH = tuple[float, float, float, float]


@dataclass(frozen=True)
class MaskRecord:
    """``segmentation`` COCO RLE at image size; ``bbox`` and ``crop_box`` (x, y, width, height) in image pixels;
    ``area`` in pixels; ``predicted_iou`` by the model; ``stability_score`` 0..1; ``point`` (x, y), the prompt."""

    segmentation: Rle
    bbox: XYWH
    area: int
    predicted_iou: float
    stability_score: float
    crop_box: XYWH
    point: tuple[float, float]

    def to_sa1b(self, number: int) -> dict[str, Any]:
        """The annotation as SA-1B's JSON has it, with ``number`` as its id. Its box runs from the first to the last
        pixel, one less than COCO's."""
        x, y, width, height = self.bbox
        return {
            "id": number,
            "segmentation": self.segmentation,
            "bbox": [x, y, width - 1, height - 1],
            "area": self.area,
            "predicted_iou": self.predicted_iou,
            "stability_score": self.stability_score,
            "crop_box": list(self.crop_box),
            "point_coords": [list(self.point)],
        }

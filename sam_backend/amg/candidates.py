"""Candidates of one crop: from a batch's logits to those that are confident and stable enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.amg.backends import DecoderBackend, Points
from sam_backend.amg.filters import Boxes, cell_size, logit_boxes, stability_scores, visible
from sam_backend.amg.grid import Crop
from sam_backend.amg.measured import may_be_stable, measure
from sam_backend.amg.params import Params
from sam_backend.amg.polish import Polish
from sam_backend.amg.window import Window
from sam_backend.transforms import FloatArray, Frame


@dataclass(frozen=True)
class Candidate:
    """A mask before suppression; ``box`` (x0, y0, x1, y1), ``area`` and ``point`` in image pixels, the first two (and
    ``stability``) as measured at image size, or as far as the logits' cells tell: see ``Params.full_size``."""

    crop: Crop
    frame: Frame
    window: Window
    box: npt.NDArray[np.float64]
    area: float
    predicted_iou: float
    stability: float
    point: tuple[float, float]
    polish: Polish | None = None

    def final(self) -> Window:
        """The logits around the mask as the package wants them shown."""
        x, y = self.point
        return self.window if self.polish is None else self.polish(self.window, (x - self.crop.x0, y - self.crop.y0))


def decode_batch(
    backend: DecoderBackend,
    encoded: Any,
    crop: Crop,
    frame: Frame,
    points: Points,
    params: Params,
    polish: Polish | None = None,
) -> list[Candidate]:
    """Asks for ``points`` (the crop's pixels) and keeps what passes: predicted IoU first, as it costs nothing, then
    stability. Empty masks are dropped. ``polish`` goes along with the candidates; nothing is judged by it."""
    decoded = backend.decode(encoded, frame, points, params.predicted_iou)
    judge = _at_image_size if params.full_size else _by_cells
    stability, boxes, areas = judge(decoded.logits, backend.threshold, crop, frame, params)
    places = points[decoded.prompt] + (crop.x0, crop.y0)
    keep = (stability >= params.stability) & (areas > 0)
    return [
        Candidate(
            crop,
            frame,
            Window.around(decoded.logits[index], backend.threshold, frame.cells(decoded.logits.shape[-1])),
            boxes[index],
            float(areas[index]),
            float(decoded.scores[index]),
            float(stability[index]),
            (float(places[index, 0]), float(places[index, 1])),
            polish,
        )
        for index in np.nonzero(keep)[0]
    ]


Judged = tuple[npt.NDArray[np.float64], Boxes, npt.NDArray[np.float64]]
"""Stability scores [n], boxes [n, 4] and areas [n] in image pixels; an area of 0 for what is empty or cannot pass."""


def _at_image_size(logits: FloatArray, threshold: float, crop: Crop, frame: Frame, params: Params) -> Judged:
    count = len(logits)
    stability, boxes, areas = np.zeros(count), np.zeros((count, 4)), np.zeros(count)
    offset = params.stability_offset
    for index in np.flatnonzero(may_be_stable(logits, frame, threshold, offset, params.stability)):
        found = measure(logits[index], frame, threshold, offset)
        if found is not None:
            stability[index], areas[index] = found.stability, found.area
            boxes[index] = np.array(found.box) + [crop.x0, crop.y0] * 2
    return stability, boxes, areas


def _by_cells(logits: FloatArray, threshold: float, crop: Crop, frame: Frame, params: Params) -> Judged:
    maps = visible(logits, frame)
    boxes, areas = _extent(maps, threshold, crop, frame, logits.shape[-1])
    return stability_scores(maps, threshold, params.stability_offset), boxes, areas


def _extent(
    maps: FloatArray, threshold: float, crop: Crop, frame: Frame, side: int
) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """Boxes in image pixels and areas in image pixels of the maps, as far as their cells tell."""
    above = maps > threshold
    cell = cell_size(side, frame)
    boxes = logit_boxes(above, cell, frame)
    boxes += np.array([crop.x0, crop.y0] * 2) * (boxes[:, 2:3] > 0)
    return boxes, np.count_nonzero(above, axis=(1, 2)) * (cell[0] * cell[1])

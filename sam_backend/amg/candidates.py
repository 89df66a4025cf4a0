"""Candidates of one crop: from a batch's logits to those that are confident and stable enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.amg.backends import DecoderBackend, Points
from sam_backend.amg.filters import Boxes, cell_size, logit_boxes, stability_scores, visible
from sam_backend.amg.grid import Crop
from sam_backend.amg.params import Params
from sam_backend.amg.polish import Polish
from sam_backend.amg.window import Window
from sam_backend.transforms import FloatArray, Frame


@dataclass(frozen=True)
class Candidate:
    """A mask before suppression; ``box`` (x0, y0, x1, y1), ``area`` and ``point`` in image pixels, the first two as
    far as the logits' cells tell."""

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
    maps = visible(decoded.logits, frame)
    stability = stability_scores(maps, backend.threshold, params.stability_offset)
    boxes, areas = _extent(maps, backend.threshold, crop, frame, decoded.logits.shape[-1])
    places = points[decoded.prompt] + (crop.x0, crop.y0)
    keep = (stability >= params.stability) & (areas > 0)
    return [
        Candidate(
            crop,
            frame,
            Window.around(decoded.logits[index], backend.threshold, maps.shape[1:]),
            boxes[index],
            float(areas[index]),
            float(decoded.scores[index]),
            float(stability[index]),
            (float(places[index, 0]), float(places[index, 1])),
            polish,
        )
        for index in np.nonzero(keep)[0]
    ]


def _extent(
    maps: FloatArray, threshold: float, crop: Crop, frame: Frame, side: int
) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """Boxes in image pixels and areas in image pixels of the maps, as far as their cells tell."""
    above = maps > threshold
    cell = cell_size(side, frame)
    boxes = logit_boxes(above, cell, frame)
    boxes += np.array([crop.x0, crop.y0] * 2) * (boxes[:, 2:3] > 0)
    return boxes, np.count_nonzero(above, axis=(1, 2)) * (cell[0] * cell[1])

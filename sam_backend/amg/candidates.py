"""Candidates of one crop: from a batch's logits to those that pass every filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.amg.backends import DecoderBackend, Points
from sam_backend.amg.filters import Boxes, cell_size, cut_off, logit_boxes, stability_scores, suppress, visible
from sam_backend.amg.grid import Crop
from sam_backend.amg.params import Params
from sam_backend.amg.window import Window
from sam_backend.transforms import FloatArray, Frame


@dataclass(frozen=True)
class Candidate:
    """A mask that passed the filters so far; ``box`` and ``point`` in image pixels."""

    crop: Crop
    frame: Frame
    window: Window
    box: npt.NDArray[np.float64]
    predicted_iou: float
    stability: float
    point: tuple[float, float]


@dataclass(frozen=True)
class Picture:
    """The image's size and the crop being worked on."""

    height: int
    width: int
    crop: Crop
    frame: Frame


def decode_batch(
    backend: DecoderBackend, encoded: Any, picture: Picture, points: Points, params: Params
) -> list[Candidate]:
    """Asks for ``points`` (the crop's pixels) and keeps what passes: predicted IoU first, as it costs nothing, then
    stability, then position and size."""
    logits, scores = backend.decode(encoded, picture.frame, points)
    prompt, mask = np.nonzero(scores >= params.predicted_iou)
    maps = visible(logits[prompt, mask], picture.frame)
    stability = stability_scores(maps, backend.threshold, params.stability_offset)
    boxes, areas = _extent(maps, backend.threshold, picture, logits.shape[-1])
    keep = (stability >= params.stability) & (areas > 0)
    keep &= areas < params.max_area * picture.height * picture.width if params.max_area < 1 else True
    keep &= ~cut_off(boxes, picture.crop, picture.height, picture.width, params.edge_tolerance)
    offset = picture.crop.x0, picture.crop.y0
    return [
        Candidate(
            picture.crop,
            picture.frame,
            Window.around(logits[prompt[index], mask[index]], backend.threshold, maps.shape[1:]),
            boxes[index],
            float(scores[prompt[index], mask[index]]),
            float(stability[index]),
            (float(points[prompt[index], 0] + offset[0]), float(points[prompt[index], 1] + offset[1])),
        )
        for index in np.nonzero(keep)[0]
    ]


def _extent(maps: FloatArray, threshold: float, picture: Picture, side: int) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """Boxes in image pixels and areas in image pixels of the maps, as far as their cells tell."""
    above = maps > threshold
    cell = cell_size(side, picture.frame)
    boxes = logit_boxes(above, cell, picture.frame)
    boxes += np.array([picture.crop.x0, picture.crop.y0] * 2) * (boxes[:, 2:3] > 0)
    return boxes, np.count_nonzero(above, axis=(1, 2)) * (cell[0] * cell[1])


def best_of_crop(candidates: list[Candidate], params: Params) -> list[Candidate]:
    """Box NMS within a crop, ranked by predicted IoU."""
    return _suppressed(candidates, [-c.predicted_iou for c in candidates], params.nms, [])


def best_of_layer(candidates: list[Candidate], kept: list[Candidate], params: Params) -> list[Candidate]:
    """Box NMS among a layer's crops, ranked by predicted IoU, and against ``kept`` from more zoomed-in layers, which
    go first (paper, appendix B). Whole layers may be done one after another: what ranks lower never removes."""
    return _suppressed(candidates, [-c.predicted_iou for c in candidates], params.crop_nms, kept)


def _suppressed(
    candidates: list[Candidate], order: list[float], limit: float, kept: list[Candidate]
) -> list[Candidate]:
    if not candidates:
        return []
    boxes = np.stack([c.box for c in candidates])
    rivals = np.stack([c.box for c in kept]) if kept else None
    ranking = np.argsort(np.array(order), kind="stable")
    return [candidates[index] for index in suppress(boxes, ranking, limit, rivals)]

"""What to keep: scores of logits maps, and boxes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sam_backend.transforms import FloatArray, Frame

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Boxes = npt.NDArray[np.float64]


def visible(logits: FloatArray, frame: Frame) -> FloatArray:
    """The part of logits [..., m, m] that lies on the image, padding cut off."""
    rows, columns = frame.cells(logits.shape[-1])
    return logits[..., :rows, :columns]


def stability_scores(logits: FloatArray, threshold: float, offset: float) -> npt.NDArray[np.float64]:
    """IoU of each map [n, h, w] cut at threshold + offset and at threshold - offset (paper, appendix B)."""
    inner = np.count_nonzero(logits > threshold + offset, axis=(1, 2))
    outer = np.count_nonzero(logits > threshold - offset, axis=(1, 2))
    return np.asarray(inner / np.maximum(outer, 1), np.float64)


def logit_boxes(above: BoolArray, cell: tuple[float, float], frame: Frame) -> Boxes:
    """Boxes (x0, y0, x1, y1) in image pixels of the set cells of [n, h, w], [n, 4]; all 0 for an empty mask."""
    columns: BoolArray = np.asarray(above.any(axis=1))
    rows: BoolArray = np.asarray(above.any(axis=2))
    edges = [
        columns.argmax(1) * cell[0],
        rows.argmax(1) * cell[1],
        (columns.shape[1] - columns[:, ::-1].argmax(1)) * cell[0],
        (rows.shape[1] - rows[:, ::-1].argmax(1)) * cell[1],
    ]
    boxes = np.minimum(np.stack(edges, 1), [frame.width, frame.height] * 2)
    filled: BoolArray = np.asarray(columns.any(axis=1))
    return np.asarray(boxes * filled[:, None], np.float64)


def cell_size(side: int, frame: Frame) -> tuple[float, float]:
    """Width and height in image pixels of one cell of a logits map of ``side`` cells."""
    unit = frame.input_size / side
    return unit * frame.width / frame.scaled_width, unit * frame.height / frame.scaled_height


def cut_off(boxes: Boxes, crops: IntArray, height: int, width: int, tolerance: float) -> BoolArray:
    """Which boxes [n, 4] end at an edge of their crop ([n, 4] or [4]) that is no edge of the image.

    All (x0, y0, x1, y1) in image pixels; ``tolerance`` too.
    """
    image = np.array([0, 0, width, height])
    at_crop = np.abs(boxes - crops) <= tolerance
    at_image = np.abs(boxes - image) <= tolerance
    return np.asarray((at_crop & ~at_image).any(axis=1))


def suppress(boxes: Boxes, ranking: IntArray, limit: float, kept_boxes: Boxes | None = None) -> IntArray:
    """Non-maximum suppression: goes through ``ranking`` (indices, best first) and returns the indices that overlap no
    better one, nor any of ``kept_boxes``, by an IoU above ``limit``."""
    chosen: list[int] = []
    remaining = ranking
    if kept_boxes is not None and len(kept_boxes):
        clear = [box_iou(boxes[index], kept_boxes).max() <= limit for index in ranking]
        remaining = ranking[np.array(clear, np.bool_)]
    while remaining.size:
        best, rest = remaining[0], remaining[1:]
        chosen.append(int(best))
        remaining = rest[box_iou(boxes[best], boxes[rest]) <= limit]
    return np.array(chosen, np.int64)


def box_iou(box: npt.NDArray[np.float64], others: Boxes) -> npt.NDArray[np.float64]:
    """IoU of one box [4] with many [n, 4]."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    either = np.prod(box[2:] - box[:2]) + areas - both
    return np.asarray(both / np.maximum(either, 1e-12), np.float64)

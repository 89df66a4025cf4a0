"""Specks and pinholes, removed on the decoder's small map.

A model that was not trained to perfection leaves crumbs around its masks that nobody would draw. A package may ask
(`decoder.tidy_cells` in its manifest) that parts and holes of fewer cells than that are removed from what is shown and
stored. What goes back to the decoder between clicks stays as it was. static/app/sam/tidy.js is the twin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sam_backend.components import Runs, find_parts
from sam_backend.prompts import NEGATIVE, POSITIVE
from sam_backend.transforms import FloatArray, Frame

Points = tuple[FloatArray, npt.NDArray[np.int64]]


def tidy(
    logits: FloatArray, frame: Frame, cells: int, clicks: Points | None = None, threshold: float = 0.0
) -> FloatArray:
    """Logits [m, m] without small parts and holes; the same array where there are none.

    Args:
        cells: parts and holes (8-connected) of fewer cells are mirrored at the threshold.
        clicks: points [N, 2] in image pixels and labels [N]; a part under a positive and a hole under a negative
            point stay: somebody asked for them. Holes that reach the image's border stay, and so do all parts when
            none is large.
    """
    side = logits.shape[0]
    rows, columns = frame.cells(side)
    seen = logits[:rows, :columns]
    result = seen.copy()
    above = seen > threshold
    parts = find_parts(above)
    drop = parts.areas < cells
    if not drop.all():
        drop[_under(parts, clicks, POSITIVE, frame, side)] = False
        gone = parts.mask(drop)
        result[gone] = 2 * threshold - result[gone]
        above &= ~gone
    holes = find_parts(~above)
    fill = holes.areas < cells
    fill[_at_border(holes)] = False
    fill[_under(holes, clicks, NEGATIVE, frame, side)] = False
    filled = holes.mask(fill)
    # A logit exactly at the threshold would stay outside when mirrored.
    result[filled] = np.maximum(2 * threshold - result[filled], threshold + 1e-3)
    if np.array_equal(result, seen):
        return logits
    whole = logits.copy()
    whole[:rows, :columns] = result
    return whole


def _under(parts: Runs, clicks: Points | None, label: int, frame: Frame, side: int) -> npt.NDArray[np.int64]:
    if clicks is None:
        return np.zeros(0, np.int64)
    points, labels = clicks
    place = np.floor(frame.to_input(points.reshape(-1, 2)[labels.reshape(-1) == label]) * (side / frame.input_size))
    height, width = parts.shape
    columns = np.clip(place[:, 0].astype(np.int64), 0, width - 1)
    return parts.at(np.clip(place[:, 1].astype(np.int64), 0, height - 1), columns)


def _at_border(parts: Runs) -> npt.NDArray[np.int64]:
    height, width = parts.shape
    edge = (parts.row == 0) | (parts.row == height - 1) | (parts.start == 0) | (parts.stop == width)
    return np.unique(parts.part[edge])

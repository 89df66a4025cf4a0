"""Candidates small enough to keep: their scores, their boxes, and their masks at the size of a picture on a page."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sam_backend.amg.candidates import Candidate
from sam_backend.amg.params import Params
from sam_backend.components import find_parts
from sam_backend.rle import encode_part
from sam_backend.transforms import Frame

SIDE = 400
"""Longest side of the small masks in pixels; a page shows them at about twice that."""
MOST = 1500
"""More candidates than anybody would look at; the best by predicted IoU stay."""
_LOWEST_IOU, _LOWEST_STABILITY = 0.2, 0.3
_POINTS = 32


def permissive(search: Params) -> Params:
    """Return parameters that find what any threshold somebody may try would find.

    Crops are left out, and a grid finer than 32 points, because everything found has to be held in memory at once
    (up to 256 kB for each of three candidates per point): the preview shows the whole photo's own layer."""
    return replace(
        search,
        predicted_iou=min(search.predicted_iou, _LOWEST_IOU),
        stability=min(search.stability, _LOWEST_STABILITY),
        points_per_side=min(search.points_per_side, _POINTS),
        crop_layers=0,
    )


def small_size(height: int, width: int) -> tuple[int, int]:
    """Return the small masks' [height, width] for an image."""
    scale = min(1.0, SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def small(candidates: Sequence[Candidate], height: int, width: int, threshold: float) -> list[dict[str, Any]]:
    """Return the best candidates of a whole image, best first, as plain data:

    "iou", "stability"; "box" [x0, y0, x1, y1] and "area" in image pixels, as far as the logits' cells tell; "part", the
    pixels of the largest connected part, in image pixels; "rle", the mask at `small_size`."""
    best = sorted(candidates, key=lambda candidate: -candidate.predicted_iou)[:MOST]
    size = small_size(height, width)
    rows = (_small(candidate, size, height * width / (size[0] * size[1]), threshold) for candidate in best)
    return [row for row in rows if row is not None]


def _small(candidate: Candidate, size: tuple[int, int], cell: float, threshold: float) -> dict[str, Any] | None:
    part, row, column = candidate.window.mask(Frame(*size, candidate.frame.input_size), threshold)
    if not part.any():
        return None
    return {
        "iou": round(candidate.predicted_iou, 4),
        "stability": round(candidate.stability, 4),
        "box": [round(float(side), 1) for side in candidate.box],
        "area": round(candidate.area),
        "part": round(int(np.max(find_parts(part).areas)) * cell),
        "rle": encode_part(part, row, column, *size),
    }

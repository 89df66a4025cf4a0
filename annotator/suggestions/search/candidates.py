"""Candidates small enough to keep: their scores, their boxes, and their masks at the size of an image on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sam_backend.amg.candidates import Candidate
from sam_backend.amg.params import Params
from sam_backend.amg.select import filter_candidates
from sam_backend.components import IntArray, Runs, find_parts
from sam_backend.postprocess import BoolArray
from sam_backend.rle import encode_part

SIDE = 400
"""Longest side of the small masks in pixels; a page shows them at about twice that."""
MOST = 1500
"""More candidates than anybody would look at; the best by predicted IoU stay."""
_LOWEST_IOU, _LOWEST_STABILITY = 0.2, 0.3
_POINTS = 32
PARTS = 12
"""Connected parts told of a mask: the largest, whose boxes matter, and the smallest, which cleaning begins with."""


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


def small(
    candidates: Sequence[Candidate], height: int, width: int, threshold: float, likely: Params | None = None
) -> list[dict[str, Any]]:
    """Return the best candidates of a whole image, best first, as plain data:

    "iou", "stability"; "box" [x0, y0, x1, y1] and "area" in image pixels, as far as the logits' cells tell; "parts",
    its connected parts as [pixels, x0, y0, x1, y1], largest first, and "hole", the pixels of the smallest hole or null:
    by these the removal of small parts and holes is judged; "rle", the mask at `small_size`.

    Those that `likely` keeps are finished as a search finishes them, at the image's size; for all of them that would
    take as long again."""
    kept = filter_candidates(candidates, likely, height, width) if likely is not None else []
    finished = {id(candidate) for candidate in kept}
    best = sorted(candidates, key=lambda candidate: -candidate.predicted_iou)[:MOST]
    size = small_size(height, width)
    rows = (_small(one, (height, width), size, threshold, id(one) in finished) for one in best)
    return [row for row in rows if row is not None]


def _small(
    candidate: Candidate, image: tuple[int, int], size: tuple[int, int], threshold: float, finish: bool
) -> dict[str, Any] | None:
    window = candidate.final() if finish else candidate.window
    part, row, column = window.mask(replace(candidate.frame, height=size[0], width=size[1]), threshold)
    if not part.any():
        return None
    if finish:
        regions = _regions(*window.mask(candidate.frame, threshold), image, (1.0, 1.0))
    else:
        regions = _regions(part, row, column, size, (image[0] / size[0], image[1] / size[1]))
    return {
        "iou": round(candidate.predicted_iou, 6),
        "stability": round(candidate.stability, 6),
        "box": [round(float(side), 2) for side in candidate.box],
        "area": round(candidate.area),
        "rle": encode_part(part, row, column, *size),
    } | regions


def _regions(
    mask: BoolArray, row: int, column: int, size: tuple[int, int], cell: tuple[float, float]
) -> dict[str, Any]:
    """ "parts" and "hole" of a mask at (row, column) of an image of `size`, whose pixels are `cell` of the image's."""
    found = find_parts(mask)
    ranked = np.argsort(-found.areas, kind="stable").tolist()
    told = ranked if len(ranked) <= PARTS else [*ranked[: PARTS - 1], ranked[-1]]
    holes = _holes(mask, row, column, size)
    return {
        "parts": [_part(found, number, row, column, cell) for number in told],
        "hole": round(float(holes.min()) * cell[0] * cell[1]) if holes.size else None,
    }


def _part(found: Runs, number: int, row: int, column: int, cell: tuple[float, float]) -> list[float]:
    (tall, wide), own = cell, found.part == number
    across = (column + found.start[own].min(), column + found.stop[own].max())
    down = (row + found.row[own].min(), row + found.row[own].max() + 1)
    box = [across[0] * wide, down[0] * tall, across[1] * wide, down[1] * tall]
    return [round(float(found.areas[number]) * tall * wide), *(round(float(side), 1) for side in box)]


def _holes(mask: BoolArray, row: int, column: int, size: tuple[int, int]) -> IntArray:
    """Areas of the background that the mask encloses, alone or together with the image's border."""
    height, width = mask.shape
    beyond = ((int(row > 0), int(row + height < size[0])), (int(column > 0), int(column + width < size[1])))
    around = np.pad(np.zeros_like(mask), beyond, constant_values=True)
    background = find_parts(np.pad(~mask, beyond, constant_values=True))
    return np.delete(background.areas, background.at(*np.nonzero(around)))

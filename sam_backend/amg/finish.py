"""The last step: a surviving candidate's mask at image size, cleaned and encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sam_backend.amg.candidates import Candidate
from sam_backend.amg.clean import remove_small_regions, trim
from sam_backend.amg.filters import suppress
from sam_backend.amg.params import Params
from sam_backend.amg.record import MaskRecord
from sam_backend.postprocess import BoolArray
from sam_backend.rle import encode_part


@dataclass(frozen=True)
class Finished:
    """A record, and whether cleaning changed its mask."""

    record: MaskRecord
    changed: bool


def make_records(
    candidates: Sequence[Candidate], height: int, width: int, threshold: float, params: Params
) -> list[MaskRecord]:
    """Image-size masks of the kept candidates, cleaned, without the duplicates that cleaning made, by predicted IoU."""
    finished = [finish(candidate, height, width, threshold, params) for candidate in candidates]
    return without_late_duplicates([item for item in finished if item], params)


def finish(candidate: Candidate, height: int, width: int, threshold: float, params: Params) -> Finished | None:
    """Makes the mask within its bounding box only; None if cleaning leaves nothing of it."""
    crop = candidate.crop
    part, row, column = candidate.final().mask(candidate.frame, threshold, border=params.min_region)
    changed = False
    if params.min_region:
        part, row, column = _beyond_crop(part, row, column, candidate, (height, width), params.min_region)
        part, changed = remove_small_regions(part, params.min_region)
    placed = trim(part, row + crop.y0, column + crop.x0)
    if placed is None:
        return None
    part, row, column = placed
    record = MaskRecord(
        segmentation=encode_part(part, row, column, height, width),
        bbox=(column, row, part.shape[1], part.shape[0]),
        area=int(np.count_nonzero(part)),
        predicted_iou=candidate.predicted_iou,
        stability_score=candidate.stability,
        crop_box=(crop.x0, crop.y0, crop.width, crop.height),
        point=candidate.point,
    )
    return Finished(record, changed)


def _beyond_crop(
    part: BoolArray, row: int, column: int, candidate: Candidate, image: tuple[int, int], border: int
) -> tuple[BoolArray, int, int]:
    """Background between a mask and its crop's edge goes on outside the crop: up to ``border`` pixels of the image are
    put around there, so that it is not taken for a hole."""
    crop, (height, width) = candidate.crop, part.shape
    before = (min(border, crop.y0) if row == 0 else 0, min(border, crop.x0) if column == 0 else 0)
    below = min(border, image[0] - crop.y1) if row + height == crop.height else 0
    right = min(border, image[1] - crop.x1) if column + width == crop.width else 0
    padded = np.pad(part, ((before[0], below), (before[1], right)))
    return padded, row - before[0], column - before[1]


def without_late_duplicates(found: list[Finished], params: Params) -> list[MaskRecord]:
    """Cleaning may make boxes alike: suppresses once more where it changed any, unchanged masks first (as the
    published library does), and returns the records by predicted IoU."""
    if any(item.changed for item in found):
        last = params.full_size  # boxes end at their last pixel there, as candidates' do
        boxes = np.array(
            [[x, y, x + w - last, y + h - last] for x, y, w, h in (item.record.bbox for item in found)], np.float64
        )
        ranking = np.array(sorted(range(len(found)), key=lambda i: found[i].changed), np.int64)
        found = [found[index] for index in suppress(boxes, ranking, max(params.nms, params.crop_nms))]
    return sorted((item.record for item in found), key=lambda record: -record.predicted_iou)

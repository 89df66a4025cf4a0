"""Thresholds are judged by what they keep and by what was drawn."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as coco

from sam_backend.amg import AutomaticMasks, Params
from sam_backend.amg.tune import quality, rate, tune
from tests.sam_backend.amg.fakes import Blobs

IMAGE = np.random.default_rng(5).integers(0, 256, (40, 60, 3), dtype=np.uint8)
LOW = Params(points_per_side=5, predicted_iou=0.3, stability=0)
HIGH = Params(points_per_side=5, predicted_iou=0.8, stability=0.5)


def masks_of(params: Params) -> list[np.ndarray]:
    return [coco.decode(m.segmentation).astype(bool) for m in AutomaticMasks(Blobs(), params).generate(IMAGE)]


def test_what_is_found_and_drawn_alike_counts_fully() -> None:
    picture = rate(Blobs(), LOW, IMAGE, masks_of(HIGH))
    found = quality([picture], HIGH)
    assert (found.precision, found.recall) == (1, 1)
    assert found.masks == len(masks_of(HIGH)) > 1


def test_more_masks_than_were_drawn_cost_precision_and_fewer_cost_recall() -> None:
    drawn = masks_of(HIGH)
    picture = rate(Blobs(), LOW, IMAGE, drawn)
    assert quality([picture], LOW).precision < 1
    none = quality([picture], Params(points_per_side=5, predicted_iou=1.5))
    assert (none.recall, none.masks, none.f1) == (0, 0, 0)


def test_overlaps_are_those_of_the_masks_at_image_size() -> None:
    drawn = masks_of(HIGH)[:2]
    found = AutomaticMasks(Blobs(), LOW).candidates(IMAGE)
    picture = rate(Blobs(), LOW, IMAGE, drawn)
    assert len(found) == len(picture.candidates)
    for candidate, rated in zip(found[::7], picture.candidates[::7], strict=True):
        part, row, column = candidate.window.mask(candidate.frame, 0.0)
        whole = np.zeros(IMAGE.shape[:2], bool)
        whole[row : row + part.shape[0], column : column + part.shape[1]] = part
        expected = [(whole & mask).sum() / (whole | mask).sum() for mask in drawn]
        assert rated.overlaps == pytest.approx(expected)


def test_sets_count_alike_and_the_best_pair_comes_first() -> None:
    drawn = masks_of(HIGH)
    pictures = [rate(Blobs(), LOW, IMAGE, drawn, "a")] * 3 + [rate(Blobs(), LOW, IMAGE, [], "b")]
    heard = []
    tried = tune(pictures, LOW, [0.3, 0.8], [0.0, 0.5], heard.append)
    assert len(tried) == len(heard) == 4
    assert [found.f1 for found in tried] == sorted((found.f1 for found in tried), reverse=True)
    high = next(found for found in tried if (found.predicted_iou, found.stability) == (0.8, 0.5))
    # Everything right in the one set, nothing drawn in the other.
    assert (high.precision, high.recall) == (0.5, 0.5)

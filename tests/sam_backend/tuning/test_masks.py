"""Masks on the decoder's grid, and at the size of measuring."""

from __future__ import annotations

import numpy as np
import pytest

from sam_backend.transforms import Frame
from sam_backend.tuning.masks import LONGEST, grid_mask, measured_mask, measured_size
from tests.sam_backend.tuning.made import rle_of

pytestmark = pytest.mark.torch


def test_a_mask_lies_on_the_grid_where_it_lies_in_the_padded_square() -> None:
    mask = np.zeros((96, 128), np.bool_)
    mask[48:96, 0:64] = True
    grid = grid_mask(rle_of(mask), Frame(96, 128, 128), 32)
    expected = np.zeros((32, 32), np.uint8)
    expected[12:24, 0:16] = 255
    np.testing.assert_array_equal(grid, expected)


def test_a_cell_is_worth_the_share_that_is_covered() -> None:
    mask = np.zeros((64, 64), np.bool_)
    mask[:, :34] = True  # 8.5 cells
    grid = grid_mask(rle_of(mask), Frame(64, 64, 64), 16)
    assert grid[:, 7].min() == 255
    assert abs(int(grid[0, 8]) - 128) <= 2
    assert grid[:, 9:].max() == 0


def test_large_masks_are_measured_small_and_keep_their_place() -> None:
    mask = np.zeros((1500, 3000), np.bool_)
    mask[:, 1500:] = True
    small = measured_mask(rle_of(mask))
    assert small.shape == measured_size(1500, 3000) == (LONGEST // 2, LONGEST)
    assert small[:, LONGEST // 2 :].all()
    assert not small[:, : LONGEST // 2].any()


def test_small_masks_are_measured_as_they_are() -> None:
    mask = np.random.default_rng(0).random((40, 60)) > 0.5
    np.testing.assert_array_equal(measured_mask(rle_of(mask)), mask)

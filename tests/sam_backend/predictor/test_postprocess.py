"""Masks at image size: SAM's rule, and bounded memory."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from sam_backend.components import find_parts
from sam_backend.postprocess import linear_weights, upsample_mask, upsample_rows
from sam_backend.transforms import Frame

bitmaps = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(np.bool_, shape))


def two_steps(logits: np.ndarray, frame: Any) -> Any:
    """Both interpolations as dense matrices, with the crop between them."""
    side, size = len(logits), frame.input_size
    square = linear_weights(side, size) @ logits @ linear_weights(side, size).T
    picture = square[: frame.scaled_height, : frame.scaled_width]
    rows = linear_weights(frame.scaled_height, frame.height)
    return rows @ picture @ linear_weights(frame.scaled_width, frame.width).T


@settings(max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([(32, 64), (64, 64), (48, 32)]), st.integers(0, 9))
def test_the_composed_taps_equal_both_interpolations(height: int, width: int, sides: Any, seed: int) -> None:
    frame = Frame(height, width, sides[1])
    logits = np.random.default_rng(seed).normal(size=(sides[0], sides[0])).astype(np.float32)
    full = np.concatenate([block for _, block in upsample_rows(logits, frame)])
    np.testing.assert_allclose(full, two_steps(logits.astype(np.float64), frame), atol=1e-5)


def test_a_large_photo_needs_little_more_than_its_mask() -> None:
    frame = Frame(6000, 8000, 512)
    logits = np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32)
    tracemalloc.start()
    mask = upsample_mask(logits, frame)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert mask.shape == (6000, 8000)
    assert peak < mask.nbytes + 64_000_000


def test_a_map_that_is_no_square_is_refused() -> None:
    with pytest.raises(ValueError, match=r"square map \[m, m\]; received \[4, 5\]"):
        upsample_mask(np.zeros((4, 5), np.float32), Frame(3, 3, 8))


@given(bitmaps)
def test_parts_are_the_eight_connected_components(mask: Any) -> None:
    runs = find_parts(mask)
    expected, count = ndimage.label(mask, np.ones((3, 3)))
    assert len(runs.areas) == count
    assert runs.areas.sum() == mask.sum()
    for part in range(count):
        keep = np.arange(count) == part
        pixels = runs.mask(keep)
        label = expected[pixels][0]
        assert (pixels == (expected == label)).all()
        assert runs.areas[part] == pixels.sum()

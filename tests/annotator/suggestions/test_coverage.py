"""Coverage from run lengths is what the decoded mask gives."""

from __future__ import annotations

import numpy as np
import pytest

from annotator.suggestions.decide.coverage import coverage
from export import rle
from sam_backend.similarity import coverage_map
from sam_backend.transforms import Frame


@pytest.mark.parametrize("size", [(300, 401), (401, 300), (64, 64), (97, 640), (20, 31), (1, 500)])
def test_it_is_the_decoded_masks_coverage(size: tuple[int, int]) -> None:
    height, width = size
    rows, columns = np.mgrid[:height, :width]
    rng = np.random.default_rng(height)
    for _ in range(5):
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        mask = np.hypot(rows - y, columns - x) < rng.uniform(2, 0.6 * max(size))
        frame = Frame(height, width, 256, stretched=bool(rng.integers(2)))
        expected = coverage_map(mask, frame, 32)
        assert np.abs(coverage(rle.encode(mask), frame, 32) - expected).max() < 1.5 / 255


def test_a_mask_may_be_empty_or_everything() -> None:
    assert not coverage(rle.encode(np.zeros((90, 120), bool)), Frame(90, 120, 256), 32).any()
    assert coverage(rle.encode(np.ones((90, 120), bool)), Frame(90, 120, 256), 32)[:24].min() == 1

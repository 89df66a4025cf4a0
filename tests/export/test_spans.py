from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from export import RleError, rle
from export.spans import Spans

pairs = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16).flatmap(
    lambda shape: st.tuples(hnp.arrays(bool, shape), hnp.arrays(bool, shape))
)


@given(pairs)
def test_it_measures_as_bitmaps_do(pair: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = pair
    a, b = Spans.of(rle.encode(first)), Spans.of(rle.encode(second))
    assert a.area == first.sum()
    assert a.overlap(b) == b.overlap(a) == (first & second).sum()
    assert a.iou(b) == pytest.approx(rle.iou(rle.encode(first), rle.encode(second)))


def test_it_refuses_masks_of_different_sizes() -> None:
    one, other = (Spans.of(rle.encode(np.ones(shape))) for shape in ((2, 3), (3, 2)))
    with pytest.raises(RleError, match="different sizes"):
        one.overlap(other)

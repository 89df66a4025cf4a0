"""Middle and convex hull of masks, held against a plain computation over pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from export import rle
from export.hull import centre, concavity, hull_area

MASKS = arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def plain_hull(mask: np.ndarray) -> float:
    """Area of the hull by Andrew's chain over every corner of every pixel."""
    rows, columns = np.nonzero(mask)
    corners = sorted(
        {(int(x + a), int(y + b)) for x, y in zip(columns, rows, strict=True) for a in (0, 1) for b in (0, 1)}
    )

    def half(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
        kept: list[tuple[int, int]] = []
        for x, y in points:
            while len(kept) > 1 and (kept[-1][0] - kept[-2][0]) * (y - kept[-2][1]) <= (kept[-1][1] - kept[-2][1]) * (
                x - kept[-2][0]
            ):
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    ring = half(corners) + half(corners[::-1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


@given(MASKS)
def test_hull_and_middle_are_those_of_the_pixels(mask: np.ndarray) -> None:
    packed = rle.encode(mask)
    if not mask.any():
        assert hull_area(packed) == concavity(packed) == 0
        return
    assert hull_area(packed) == pytest.approx(plain_hull(mask))
    rows, columns = np.nonzero(mask)
    assert centre(packed) == pytest.approx((columns.mean() + 0.5, rows.mean() + 0.5))


def test_concavity_of_shapes_that_are_known() -> None:
    mask = np.zeros((40, 50), bool)
    mask[10:20, 5:25] = True
    assert concavity(rle.encode(mask)) == 0
    mask[12:18, 8:22] = False
    assert concavity(rle.encode(mask)) == pytest.approx(84 / 200)

"""Sizes and coordinates between the image and the padded square."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_backend.transforms import Frame, prepare_image

sides = st.integers(1, 5000)


@given(sides, sides, st.sampled_from([512, 1024]))
def test_the_longest_side_fills_the_square(height: int, width: int, size: int) -> None:
    frame = Frame(height, width, size)
    assert max(frame.scaled_height, frame.scaled_width) == size
    assert min(frame.scaled_height, frame.scaled_width) >= 1


@given(sides, sides, st.floats(0, 1), st.floats(0, 1))
def test_coordinates_come_back(height: int, width: int, u: Any, v: Any) -> None:
    frame = Frame(height, width, 512)
    xy = np.array([u * width, v * height])
    there = frame.to_input(xy)
    assert (there >= 0).all()
    assert (there <= (frame.scaled_width + 1e-3, frame.scaled_height + 1e-3)).all()
    np.testing.assert_allclose(frame.to_image(there), xy, rtol=1e-5, atol=1e-2)


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(333, 500, (341, 512)), (1, 2, (256, 512)), (3, 2000, (1, 512)), (1, 5000, (1, 512))],
)
def test_sizes_round_half_up_and_never_vanish(height: int, width: int, expected: Any) -> None:
    frame = Frame(height, width, 512)
    assert (frame.scaled_height, frame.scaled_width) == expected


def test_the_picture_lies_at_the_top_left_and_the_rest_is_padding() -> None:
    rgb = np.full((10, 20, 3), (10, 20, 30), np.uint8)
    square = prepare_image(rgb, 64, (124, 116, 104))
    assert square.shape == (1, 3, 64, 64)
    assert square.dtype == np.float32
    assert (square[0, :, :32] == np.array([10, 20, 30])[:, None, None]).all()
    assert (square[0, :, 32:] == np.array([124, 116, 104])[:, None, None]).all()


@pytest.mark.parametrize(
    ("image", "received"),
    [
        (np.zeros((4, 4), np.uint8), r"uint8 \[4, 4\]"),
        (np.zeros((4, 4, 4), np.uint8), r"uint8 \[4, 4, 4\]"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((0, 4, 3), np.uint8), r"at least one pixel; received \[0, 4, 3\]"),
        ([[1]], "received list"),
    ],
)
def test_other_arrays_are_refused(image: Any, received: Any) -> None:
    with pytest.raises(ValueError, match=received):
        prepare_image(image, 64, (0, 0, 0))

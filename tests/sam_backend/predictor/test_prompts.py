"""Bad prompts are refused with what was expected and what came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sam_backend.prompts import build_point_batch, build_prompt
from sam_backend.transforms import Frame

FRAME = Frame(height=480, width=640, input_size=512)
CLICK = {"points": [[1, 1]], "labels": [1]}


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ({}, "at least one point or a box; received neither"),
        ({"points": [], "labels": []}, "at least one point or a box"),
        ({"points": [[1, 2, 3]], "labels": [1]}, r"shape \[N, 2\] \(x, y\); received \[1, 3\]"),
        ({"points": [1, 2], "labels": [1]}, r"shape \[N, 2\]"),
        ({"points": [[1, 2], [3]], "labels": [1, 1]}, "numbers in a regular array"),
        ({"points": [["a", "b"]], "labels": [1]}, "must be numbers"),
        ({"points": [[np.nan, 2]], "labels": [1]}, "finite numbers; received NaN"),
        ({"points": [[np.inf, 2]], "labels": [1]}, "finite numbers"),
        ({"points": [[1, 2]], "labels": None}, r"expected labels of shape \[1\], received \[0\]"),
        ({"points": [[1, 2]], "labels": [[1]]}, r"received \[1, 1\]"),
        ({"points": [[1, 2]], "labels": [5]}, "among -1, 0, 1, 2 and 3; received 5"),
        ({"points": [[1, 2]], "labels": [0.5]}, "received 0.5"),
        ({"points": [[1, 2]], "labels": [np.nan]}, "finite numbers"),
        ({"points": [[-1, 2]], "labels": [1]}, r"640 x 480 pixels; received \(-1, 2\)"),
        ({"points": [[1, 481]], "labels": [0]}, r"received \(1, 481\)"),
        ({"points": [[1, 1]] * 257, "labels": [1] * 257}, "at most 256 points; received 257"),
        ({"box": [1, 2, 3]}, r"four numbers .* received shape \[3\]"),
        ({"box": [5, 5, 5, 9]}, "covers no area"),
        ({"box": [9, 5, 5, 9]}, r"x0 < x1 and y0 < y1; received \(9, 5, 5, 9\)"),
        ({"box": [0, 0, 641, 9]}, "corners must lie in the image"),
        ({"box": [0, 0, np.nan, 9]}, "finite numbers"),
        ({**CLICK, "mask_input": np.zeros((64, 64))}, r"shape \[256, 256\]; received \[64, 64\]"),
        ({**CLICK, "mask_input": np.full((256, 256), np.inf)}, "finite numbers"),
    ],
)
def test_bad_prompts(prompt: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        build_prompt(FRAME, **prompt)


def test_padding_points_may_lie_anywhere() -> None:
    tensors = build_prompt(FRAME, [[1, 1], [-5, 9999]], [1, -1])
    assert tensors.point_labels.tolist() == [[1, -1, -1]]


def test_earlier_logits_are_passed_on_with_their_flag() -> None:
    logits = np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32)
    tensors = build_prompt(FRAME, [[1, 1]], [1], mask_input=logits)
    assert tensors.has_mask_input.tolist() == [1]
    assert (tensors.mask_input[0, 0] == logits).all()
    assert not tensors.ambiguous
    assert build_prompt(FRAME, [[1, 1]], [1]).has_mask_input.tolist() == [0]


def test_a_batch_of_clicks_equals_single_clicks() -> None:
    points = np.random.default_rng(0).random((5, 2)) * (640, 480)
    batch = build_point_batch(FRAME, points)
    for index, point in enumerate(points):
        single = build_prompt(FRAME, [point], [1])
        assert (batch.point_coords[index] == single.point_coords[0]).all()
        assert (batch.point_labels[index] == single.point_labels[0]).all()

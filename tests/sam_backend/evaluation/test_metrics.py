from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sam_backend.evaluation.clicks import centre_click, mask_box, next_click
from sam_backend.evaluation.metrics import (
    bootstrap_interval,
    boundary_iou,
    calibration_error,
    has_stray_components,
    iou,
    mean_over_sets,
    number_of_clicks,
)
from sam_backend.evaluation.protocol import lost_steps


def square(y0: int, x0: int, y1: int, x1: int, size: int = 40) -> Any:
    mask = np.zeros((size, size), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def test_iou_perfect_empty_one_pixel_and_half() -> None:
    a = square(10, 10, 20, 20)
    nothing = np.zeros_like(a)
    assert iou(a, a) == 1
    assert iou(nothing, a) == 0
    assert iou(nothing, nothing) == 1
    assert iou(square(10, 10, 11, 11), a) == pytest.approx(1 / 100)
    assert iou(square(10, 10, 20, 15), a) == pytest.approx(0.5)


def test_boundary_iou_looks_at_the_rim_only() -> None:
    outer = square(4, 4, 36, 36)
    holed = outer & ~square(15, 15, 25, 25)
    assert boundary_iou(outer, outer) == 1
    assert boundary_iou(square(8, 8, 36, 36), outer) < iou(square(8, 8, 36, 36), outer)
    assert boundary_iou(holed, outer) < 1


def test_boundary_iou_counts_the_border_of_the_picture_as_boundary() -> None:
    whole = np.ones((40, 40), bool)
    assert boundary_iou(whole, whole) == 1
    assert boundary_iou(whole, square(0, 0, 40, 20)) < 1


def test_stray_components() -> None:
    assert not has_stray_components(square(5, 5, 20, 20))
    assert has_stray_components(square(5, 5, 20, 20) | square(30, 30, 31, 31))
    assert not has_stray_components(square(5, 5, 20, 20) | square(25, 25, 38, 38))
    assert not has_stray_components(np.zeros((5, 5), bool))


def test_noc_counts_to_the_first_that_reaches_it_and_caps() -> None:
    assert number_of_clicks([0.5, 0.86, 0.84, 0.9], 0.85) == 2
    assert number_of_clicks([0.85], 0.85) == 1
    assert number_of_clicks([0.1] * 20, 0.85) == 20
    assert number_of_clicks([0.1, 0.2], 0.85) == 20


def test_calibration() -> None:
    assert calibration_error(np.array([0.9, 0.9]), np.array([0.8, 1.0])) == pytest.approx(0)
    assert calibration_error(np.array([0.95, 0.15]), np.array([0.45, 0.15])) == pytest.approx(0.25)


def test_sets_weigh_alike_and_nan_is_left_out() -> None:
    values = np.array([1.0, 1.0, 1.0, 0.0, np.nan])
    assert mean_over_sets(values, ["a", "a", "a", "b", "b"]) == pytest.approx(0.5)


def test_the_interval_holds_the_mean_and_is_zero_wide_without_spread() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(0, 1, 60)
    images = [str(i // 3) for i in range(60)]
    low, high = bootstrap_interval(values, images, ["a"] * 60)
    assert low < values.mean() < high
    assert bootstrap_interval(np.ones(6), ["1"] * 6, ["a"] * 6) == (1.0, 1.0)


def test_the_first_click_is_the_middle_and_the_next_the_largest_error() -> None:
    truth = square(10, 10, 21, 21)
    click = centre_click(truth, 1)
    assert (click.x, click.y) == (15.5, 15.5)
    missing = next_click(square(10, 10, 21, 12), truth)
    assert missing is not None
    assert missing.label == 1
    spilled = next_click(truth | square(25, 0, 40, 40), truth)
    assert spilled is not None
    assert spilled.label == 0
    assert next_click(truth, truth) is None
    with pytest.raises(ValueError, match="empty region"):
        centre_click(np.zeros((4, 4), bool), 1)


def test_depths_are_exact_and_the_same_with_and_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    from sam_backend.evaluation import distance

    rng = np.random.default_rng(3)
    mask = rng.random((37, 53)) > 0.15
    fast = distance.depth_map(mask)
    monkeypatch.setattr(distance, "opencv", lambda: None)
    assert np.allclose(distance.depth_map(mask), fast, atol=1e-4)
    assert distance.depth_map(square(0, 0, 40, 40))[20, 20] == 20  # the border counts as outside
    assert not distance.depth_map(np.zeros((3, 4), bool)).any()


def test_a_tie_of_errors_is_a_positive_click() -> None:
    truth, prediction = square(0, 0, 10, 10), square(20, 20, 30, 30)
    click = next_click(prediction, truth)
    assert click is not None
    assert click.label == 1


def test_the_box_is_tight_with_exclusive_ends() -> None:
    assert mask_box(square(3, 5, 9, 11)).tolist() == [5, 3, 11, 9]


def test_a_lost_step_costs_more_than_0_05_and_only_the_first_five_clicks_count() -> None:
    assert lost_steps([0.5, 0.9, 0.84, 0.86, 0.82, 0.1]) == 0.25
    assert lost_steps([0.5, 0.46]) == 0
    assert np.isnan(lost_steps([0.5]))

"""What earlier points settled stays, far from a new point, unless the decoder is much surer than before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sam_backend.settled import EVIDENCE, settle
from sam_backend.tidy import Points
from sam_backend.transforms import Frame

FRAME = Frame(64, 64, 64)


def click(label: int, *places: tuple[float, float]) -> Points:
    """Points in pixels; four of them are a cell of 16 x 16."""
    return np.array(places or [(10, 10)], np.float32), np.full(max(1, len(places)), label)


def square(inside: float, outside: float) -> Any:
    """A mask of 8 x 8 cells in the corner of the map [16, 16]."""
    logits = np.full((16, 16), outside, np.float32)
    logits[:8, :8] = inside
    return logits


def whole(value: float) -> Any:
    """An answer [1, 16, 16] that is the same everywhere."""
    return np.full((1, 16, 16), value, np.float32)


def test_a_click_that_adds_takes_nothing_away_far_from_it() -> None:
    answer = whole(-2)
    kept = settle(answer, square(4, -4), FRAME, click(1))[0] > 0
    assert not kept[2, 2]
    assert kept[7, 7]
    assert not kept[8:].any()
    assert (answer == -2).all(), "the decoder's answer stays as it is"


def test_a_click_that_takes_away_adds_nothing_far_from_it() -> None:
    kept = settle(whole(2), square(4, -4), FRAME, click(0))[0] > 0
    assert kept[:8, :8].all()
    assert not kept[12, 12]


@pytest.mark.parametrize(("label", "value"), [(1, 2), (0, -2)])
def test_in_its_own_sense_a_click_reaches_as_far_as_the_decoder_says(label: int, value: float) -> None:
    answer = whole(value)
    assert np.array_equal(settle(answer, square(4, -4), FRAME, click(label)), answer)


def test_strong_evidence_turns_the_farthest_cell() -> None:
    sure = 4 * EVIDENCE
    assert (settle(whole(-sure + 0.5), square(4, -4), FRAME, click(1, (63, 63))) > 0).any()
    assert not (settle(whole(-sure - 0.5), square(4, -4), FRAME, click(1, (63, 63))) > 0).any()


def test_the_rule_knows_no_scale_and_no_size() -> None:
    rng = np.random.default_rng(0)
    before, answer = rng.normal(size=(16, 16)).astype(np.float32), rng.normal(size=(4, 16, 16)).astype(np.float32)
    point, larger = click(1), click(1, (100, 100))
    mask = settle(answer, before, FRAME, point) > 0
    assert not np.array_equal(mask, answer > 0)
    assert np.array_equal(mask, settle(answer * 32, before * 32, FRAME, point) > 0)
    assert np.array_equal(mask, settle(answer, before, Frame(640, 640, 64), larger) > 0)
    assert np.array_equal(mask, settle(answer + 1, before + 1, FRAME, point, 1.0) > 1)


def test_of_several_new_points_each_cell_goes_by_the_nearest() -> None:
    kept = settle(whole(-2), square(4, -4), FRAME, click(1, (10, 10), (30, 30)))[0] > 0
    assert not kept[2, 2]
    assert not kept[7, 7]
    assert kept[0, 7]
    points = np.array([[10, 10], [30, 30]], np.float32)
    mixed = settle(whole(-2), square(4, -4), FRAME, (points, np.array([1, 0])))[0] > 0
    assert mixed[0, 5]
    assert not mixed[6, 7]

"""Crumbs go, what was clicked stays, and the browser's twin gives the same (tests/fixtures/tidy_golden.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from sam_backend.tidy import tidy
from sam_backend.transforms import Frame

GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "tidy_golden.json"
FRAME = Frame(64, 64, 64)
EIGHT = np.ones((3, 3))


def blob(*squares: Any, side: int = 32) -> Any:
    logits = np.full((side, side), -1.0, np.float32)
    for value, (y0, x0, y1, x1) in squares:
        logits[y0:y1, x0:x1] = value
    return logits


def test_specks_and_pinholes_go_and_the_input_stays_as_it_was() -> None:
    logits = blob((2.0, (5, 5, 20, 20)), (-3.0, (8, 8, 10, 10)), (1.5, (25, 25, 27, 27)))
    before = logits.copy()
    mask = tidy(logits, FRAME, 9) > 0
    assert mask.sum() == 15 * 15
    assert np.array_equal(logits, before)


def test_what_was_clicked_stays() -> None:
    logits = blob((2.0, (5, 5, 20, 20)), (-3.0, (8, 8, 10, 10)), (1.5, (25, 25, 27, 27)))
    clicks = (np.array([[52.0, 52.0], [17.0, 17.0]], np.float32), np.array([1, 0]))
    assert tidy(logits, FRAME, 9, clicks) is logits


def test_background_that_reaches_the_border_is_no_hole_and_a_small_mask_is_no_speck() -> None:
    corner = blob((2.0, (0, 0, 20, 20)), (-1.0, (0, 0, 2, 2)))
    assert tidy(corner, FRAME, 9) is corner
    tiny = blob((2.0, (5, 5, 7, 7)))
    assert tidy(tiny, FRAME, 9) is tiny


def test_padding_is_not_looked_at() -> None:
    logits = blob((2.0, (2, 2, 12, 12)), (2.0, (20, 20, 22, 22)))
    assert tidy(logits, Frame(32, 64, 64), 9) is logits


@pytest.mark.parametrize("seed", range(20))
def test_random_maps_against_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = ndimage.gaussian_filter(rng.normal(size=(48, 48)), 1.2).astype(np.float32)
    expected = logits > 0
    labels, count = ndimage.label(expected, EIGHT)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    if (areas[1:] >= 12).any():
        expected = expected & (areas >= 12)[labels]
    holes, count = ndimage.label(~expected, EIGHT)
    areas = np.bincount(holes.ravel(), minlength=count + 1)
    border = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
    small = areas < 12
    small[border] = False
    small[0] = False
    assert np.array_equal(tidy(logits, Frame(96, 96, 96), 12) > 0, expected | small[holes])


def test_the_golden_cases() -> None:
    cases = json.loads(GOLDEN.read_text())
    assert len(cases) >= 6
    for case in cases:
        logits = np.array(case["logits"], np.float32).reshape(case["side"], case["side"])
        points = np.array([[p["x"], p["y"]] for p in case["points"]], np.float32).reshape(-1, 2)
        clicks = (points, np.array([p["label"] for p in case["points"]], np.int64))
        frame = Frame(case["height"], case["width"], case["input_size"])
        mask = tidy(logits, frame, case["cells"], clicks) > 0
        assert np.flatnonzero(mask).tolist() == case["inside"], case["name"]

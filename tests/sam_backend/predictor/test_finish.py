"""One finish of a mask: the golden cases shared with the browser, and the clicked parts against another library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco
from scipy import ndimage

from sam_backend.clicked import keep_clicked
from sam_backend.edges import EdgeGuide
from sam_backend.finish import Finish, parts_of
from sam_backend.postprocess import upsample_mask
from sam_backend.settled import settle
from sam_backend.transforms import Frame

FIXTURES = Path(__file__).parents[2] / "fixtures"
GOLDEN = json.loads((FIXTURES / "finish_golden.json").read_text())["cases"]
UPSAMPLED = json.loads((FIXTURES / "postprocess_golden.json").read_text())["cases"]
EIGHT = np.ones((3, 3))


def finish_of(case: Any) -> Finish:
    side, radius = case["side"], case["edge_radius"]
    frame = Frame(case["height"], case["width"], case["input_size"])
    guide = np.array(case["guide"], np.float32).reshape(1, 3, side, side)
    edges = EdgeGuide(guide, frame, radius) if radius else None
    return Finish(frame, case["threshold"], case["tidy_cells"], edges)


def answers_of(case: Any) -> Any:
    """The four masks' logits [4, side, side]; those of a correction with what earlier points settled."""
    side, new = case["side"], case.get("new", 0)
    logits = np.array(case["logits"], np.float32).reshape(4, side, side)
    if not new:
        return logits
    before = np.array(case["before"], np.float32).reshape(side, side)
    points = np.array(case["points"], np.float32).reshape(-1, 3)[-new:]
    fresh = (points[:, :2], points[:, 2].astype(np.int64))
    return settle(logits, before, finish_of(case).frame, fresh, case["threshold"])


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_the_golden_masks(case: Any) -> None:
    points = np.array(case["points"], np.float64).reshape(-1, 3)
    clicks = (points[:, :2].astype(np.float32), points[:, 2].astype(np.int64))
    parts = case["parts"] or parts_of(clicks[1], case["box"])
    for one, rle in zip(answers_of(case), case["rles"], strict=True):
        before = one.copy()
        assert np.array_equal(finish_of(case).mask(one, clicks, parts), coco.decode(rle).astype(bool))
        assert np.array_equal(one, before)


def test_the_golden_cases_show_every_step() -> None:
    """Each step changes some case's mask; otherwise its order or absence could not be seen there."""
    left_out = {"edge_radius": 0, "tidy_cells": 0, "parts": "all", "new": 0}
    for key, value in left_out.items():
        assert any(
            not np.array_equal(_first(case), _first({**case, key: value}))
            for case in GOLDEN
            if case.get(key, value) != value
        ), key


def _first(case: Any) -> Any:
    points = np.array(case["points"], np.float64).reshape(-1, 3)
    clicks = (points[:, :2].astype(np.float32), points[:, 2].astype(np.int64))
    return finish_of(case).mask(answers_of(case)[0], clicks, case["parts"] or parts_of(clicks[1], case["box"]))


def test_clicks_alone_ask_for_the_clicked_parts() -> None:
    assert parts_of([1], None) == parts_of([0, 1], None) == "clicked"
    assert parts_of([0], None) == parts_of(None, None) == parts_of([1], (0, 0, 9, 9)) == "all"


def thick(case: Any) -> bool:
    """In a strip thinner than a cell, parts may touch in the cells that only lend their rim to the picture."""
    return min(case["scaled_width"], case["scaled_height"]) * case["mask_size"] > case["input_size"]


@pytest.mark.parametrize("case", list(filter(thick, UPSAMPLED)), ids=lambda case: f"{case['width']}x{case['height']}")
def test_what_stays_is_the_part_of_the_finished_mask_under_the_click(case: Any) -> None:
    frame, side = (
        Frame(case["height"], case["width"], case["input_size"], case.get("fit") == "stretch"),
        case["mask_size"],
    )
    logits = np.array(case["logits"], np.float32).reshape(side, side)
    kept = keep_clicked(logits, frame, (np.array([case["click"]], np.float32), np.array([1])))
    assert np.array_equal(upsample_mask(kept, frame), coco.decode(case["clicked_rle"]).astype(bool))


@settings(max_examples=80)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.4]))
def test_exactly_the_parts_under_positive_points_stay(height: int, width: int, seed: int, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    frame = Frame(height, width, 64)
    logits = ndimage.gaussian_filter(rng.normal(size=(32, 32)), 1.5).astype(np.float32) * 6
    points, labels = (rng.random((3, 2)) * (width, height)).astype(np.float32), rng.integers(0, 2, 3)
    kept = keep_clicked(logits, frame, (points, labels), threshold)
    seen = np.zeros((32, 32), bool)
    # Every cell that a pixel of the padded square within the picture is mixed from.
    rows, columns = ((scaled - 1) // 2 + (scaled - 1) % 2 + 1 for scaled in (frame.scaled_height, frame.scaled_width))
    seen[:rows, :columns] = True
    parts, _ = ndimage.label((logits > threshold) & seen, EIGHT)
    wanted = set()
    for x, y in points[labels == 1]:
        place = np.clip(frame.to_input([x, y]).astype(float) / 2 - 0.5, 0, 31)
        value = ndimage.map_coordinates(logits.astype(float), place[::-1, None], order=1, mode="nearest")[0]
        left, top = np.floor(place).astype(int)
        if value > threshold:
            wanted |= set(parts[top : top + 2, left : left + 2].ravel()) - {0}
    expected = np.isin(parts, list(wanted)) if wanted else (logits > threshold) & seen
    assert np.array_equal((kept > threshold) & seen, expected)
    assert np.array_equal(kept[~seen], logits[~seen])


def test_no_point_on_a_part_changes_nothing_and_corners_join() -> None:
    logits = np.full((16, 16), -2.0, np.float32)
    logits[0:2, 0:2] = 5
    logits[2, 2] = 5
    logits[9, 9] = 3
    frame = Frame(64, 64, 64)
    beside = (np.array([[40.0, 8.0]], np.float32), np.array([1]))
    assert keep_clicked(logits, frame, beside) is logits
    kept = keep_clicked(logits, frame, (np.array([[4.0, 4.0]], np.float32), np.array([1])))
    assert (kept > 0).sum() == 5
    assert kept[9, 9] == -3
    assert keep_clicked(logits, frame, (np.array([[4.0, 4.0]], np.float32), np.array([0]))) is logits

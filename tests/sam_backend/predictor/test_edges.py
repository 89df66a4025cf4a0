"""Borders move to the picture's edges; the browser's twin does the same (tests/fixtures/edges_golden.json)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from sam_backend.edges import EPSILON, SURE, EdgeGuide
from sam_backend.transforms import Frame

GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "edges_golden.json"
FRAME = Frame(24, 32, 64)
SIDE = 32


def guide_of(picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    guide = np.zeros((1, 3, SIDE, SIDE), np.float32)
    guide[0, :, : picture.shape[0], : picture.shape[1]] = picture.transpose(2, 0, 1)
    return guide


def plain_guided_filter(
    picture: npt.NDArray[np.float64], inside: npt.NDArray[np.float64], radius: int
) -> npt.NDArray[np.float64]:
    """The paper's equations, window by window."""
    height, width = inside.shape
    slopes, offsets = np.zeros((height, width, 3)), np.zeros((height, width))
    windows = {}
    for y in range(height):
        for x in range(width):
            windows[y, x] = np.s_[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
            colours, values = picture[windows[y, x]].reshape(-1, 3), inside[windows[y, x]].ravel()
            sigma = np.cov(colours.T, bias=True) + EPSILON * np.eye(3)
            slopes[y, x] = np.linalg.solve(sigma, (colours * values[:, None]).mean(0) - colours.mean(0) * values.mean())
            offsets[y, x] = values.mean() - slopes[y, x] @ colours.mean(0)
    result = np.zeros((height, width))
    for (y, x), window in windows.items():
        result[y, x] = slopes[window].reshape(-1, 3).mean(0) @ picture[y, x] + offsets[window].mean()
    return result


def test_agrees_with_the_equations_window_by_window() -> None:
    rng = np.random.default_rng(4)
    picture, logits = rng.random((24, 32, 3)), rng.normal(0, 2, (SIDE, SIDE)).astype(np.float32)
    refined = EdgeGuide(guide_of(picture), Frame(48, 64, 64), 3).refine(logits)
    expected = plain_guided_filter(picture, np.clip(logits[:24].astype(float), -SURE, SURE), 3)
    padded = np.pad(expected, 1, mode="edge")
    expected = np.array([[np.median(padded[y : y + 3, x : x + 3]) for x in range(32)] for y in range(24)])
    np.testing.assert_allclose(refined[:24], expected, atol=1e-4)
    np.testing.assert_array_equal(refined[24:], logits[24:])  # beyond the picture


def test_a_border_two_cells_off_moves_to_the_edge() -> None:
    picture = np.zeros((24, 32, 3))
    picture[:, 15:] = 0.8
    logits = np.full((SIDE, SIDE), -2.0, np.float32)
    logits[:, 13:] = 2.0
    refined = EdgeGuide(guide_of(picture), Frame(48, 64, 64), 5).refine(logits)
    inside = refined[:24] > 0
    assert inside[:, 15:].all()
    assert not inside[:, :15].any()


@pytest.mark.parametrize("threshold", [0.0, -1.5])
def test_a_flat_picture_only_smooths(threshold: float) -> None:
    logits = np.full((SIDE, SIDE), threshold - 3, np.float32)
    logits[8:20, 8:20] = threshold + 3
    refined = EdgeGuide(guide_of(np.full((24, 32, 3), 0.5)), Frame(48, 64, 64), 1).refine(logits, threshold)
    assert (refined[10:18, 10:18] > threshold).all()
    assert not (refined[:24] > threshold)[:7].any()
    assert np.isfinite(refined).all()


def test_a_guide_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must be \[1, 3, m, m\]; received \[3, 4, 4\]"):
        EdgeGuide(np.zeros((3, 4, 4), np.float32), FRAME, 5)


def test_the_golden_file_is_what_python_answers() -> None:
    for case in json.loads(GOLDEN.read_text()):
        frame = Frame(case["height"], case["width"], case["input_size"])
        guide = np.array(case["guide"], np.float32).reshape(1, 3, case["side"], case["side"])
        logits = np.array(case["logits"], np.float32).reshape(case["side"], case["side"])
        refined = EdgeGuide(guide, frame, case["radius"]).refine(logits, case["threshold"])
        np.testing.assert_allclose(refined.ravel(), case["refined"], atol=2e-4)

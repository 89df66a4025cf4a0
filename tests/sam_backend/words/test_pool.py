"""RoIAlign against its definition, sample by sample."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.words.pool import roi_align  # noqa: E402

pytestmark = pytest.mark.torch


def sample(plane: np.ndarray, y: float, x: float) -> float:
    """Bilinear, nothing outside of a border one cell wide."""
    height, width = plane.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = min(max(y, 0.0), height - 1.0), min(max(x, 0.0), width - 1.0)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    down, across = y - top, x - left
    above = plane[top, left] * (1 - across) + plane[top, right] * across
    below = plane[bottom, left] * (1 - across) + plane[bottom, right] * across
    return float(above * (1 - down) + below * down)


def defined(plane: np.ndarray, box: tuple[float, ...], size: int) -> np.ndarray:
    x0, y0, x1, y1 = box
    wide, tall = max(x1 - x0, 1.0) / size, max(y1 - y0, 1.0) / size
    rows, columns = math.ceil(tall), math.ceil(wide)
    made = np.zeros((size, size))
    for row in range(size):
        for column in range(size):
            values = [
                sample(plane, y0 + tall * (row + (i + 0.5) / rows), x0 + wide * (column + (j + 0.5) / columns))
                for i in range(rows) for j in range(columns)
            ]  # fmt: skip
            made[row, column] = np.mean(values)
    return made


@pytest.mark.parametrize(
    "box", [(1.3, 2.1, 7.9, 8.4), (0.0, 0.0, 12.0, 9.0), (3.0, 3.0, 3.2, 3.1), (-4.0, 6.0, 15.0, 14.0), (2, 2, 5, 5)]
)
def test_each_bin_is_the_mean_of_its_samples(box: tuple[float, ...]) -> None:
    planes = np.random.default_rng(1).normal(size=(2, 9, 12)).astype(np.float32)
    (made,) = roi_align(torch.from_numpy(planes)[None], [torch.tensor([box])], 3).numpy()
    np.testing.assert_allclose(made, [defined(plane, box, 3) for plane in planes], atol=1e-5)


def test_no_box_gives_no_features() -> None:
    assert roi_align(torch.zeros(1, 4, 5, 5), [torch.zeros(0, 4)], 7).shape == (0, 4, 7, 7)

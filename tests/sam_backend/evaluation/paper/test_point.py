"""The paper's 7.1: top-scored and best of three for one click in the middle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sam_backend.data.drawn import draw_records
from sam_backend.evaluation.paper.point import ask, measure_point
from tests.sam_backend.evaluation.paper.sets import Told, folder, square


def test_the_best_scored_of_the_three_and_the_best_of_them() -> None:
    truth, half = square(20, 20, 40, 40), square(20, 20, 20, 40)
    model = Told([truth, half, truth, square(0, 0, 5, 5)], [0.99, 0.8, 0.7, 0.1])
    assert ask(model, truth) == (0.5, 1.0)


def test_the_click_is_the_most_interior_point() -> None:
    truth = square(10, 10, 60, 6) | square(50, 30, 31, 31)
    model = Told([truth] * 4, [1, 1, 1, 1])
    ask(model, truth)
    np.testing.assert_array_equal(model.asked[0][0], [[65.5, 45.5]])


def test_means_are_over_masks_in_a_set_and_over_sets(tmp_path: Path) -> None:
    whole, half = square(20, 20, 40, 40), square(20, 20, 20, 40)
    one = folder(tmp_path, [[{"mask": whole}, {"mask": half}], [{"mask": whole}]], "one")
    two = folder(tmp_path, [[{"mask": half}]], "two")
    found = measure_point(Told([whole] * 4, [1, 0.3, 0.2, 0.1]), draw_records([one, two], None))
    assert found["sets"]["one"]["miou_top"] == pytest.approx((1 + 0.5 + 1) / 3, abs=1e-4)
    assert found["overall"]["miou_top"] == pytest.approx((2.5 / 3 + 0.5) / 2, abs=1e-4)
    assert found["sets"]["one"]["intervals"]["miou_top"] == [0.75, 1.0]
    assert (found["n"], found["images"]) == (4, 3)

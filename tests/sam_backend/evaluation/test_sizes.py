"""Scores by the masks' size, and how far ahead of the classical tools the model is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sam_backend.evaluation.card import leads_table, sizes_table
from sam_backend.evaluation.protocol import MaskScore
from sam_backend.evaluation.scores import Evaluation
from sam_backend.evaluation.sizes import by_size, leads


def scores(tops: Any, areas: Any, sets: Any = None, box: Any = None) -> list[Any]:
    names = sets or ["a"] * len(tops)
    return [
        MaskScore(
            name,
            f"{index}.png",
            area,
            values={"miou_1_top": top} | ({} if box is None else {"miou_box": box}),
            predicted=0.5,
            measured=top,
        )
        for index, (top, area, name) in enumerate(zip(tops, areas, names, strict=True))
    ]


def test_masks_fall_into_their_band_and_sets_weigh_alike() -> None:
    given = scores([0.2, 0.4, 0.6, 0.9, 0.1], [0.002, 0.0099, 0.01, 0.05, 0.5], ["a", "a", "a", "b", "a"], box=0.7)
    found = by_size(given)
    assert {name: band["n"] for name, band in found.items()} == {"under 1 %": 2, "1 to 10 %": 2, "over 10 %": 1}
    assert found["under 1 %"]["miou_1_top"][0] == pytest.approx(0.3)
    assert found["1 to 10 %"]["miou_1_top"][0] == pytest.approx((0.6 + 0.9) / 2)
    assert "miou_3" not in found["over 10 %"]
    low, high = found["under 1 %"]["miou_1_top"][1:]
    assert 0.2 <= low < 0.3 < high <= 0.4
    assert "over 10 %" not in by_size(given[:4])


def test_a_lead_is_of_the_same_masks_and_its_interval_is_of_the_differences() -> None:
    rng = np.random.default_rng(0)
    theirs, areas = rng.uniform(0, 0.8, 60), np.repeat([0.005, 0.3], 30)
    ours = theirs + np.where(areas < 0.01, -0.1, 0.15)
    tool = scores(theirs, areas)
    found = leads(scores(ours, areas), {"grabcut": tool})
    # the differences are constant, so their intervals are points, however widely the scores are spread
    assert found["under 1 %"]["grabcut"]["miou_1_top"] == pytest.approx([-0.1, -0.1, -0.1])
    assert found["over 10 %"]["grabcut"]["miou_1_top"] == pytest.approx([0.15, 0.15, 0.15])
    mean, low, high = found["all"]["grabcut"]["miou_1_top"]
    assert low < mean < high
    assert mean == pytest.approx(0.025)
    assert "1 to 10 %" not in found
    assert (found["all"]["n"], found["over 10 %"]["n"]) == (60, 30)


def test_the_card_has_a_row_for_each_band_and_tool() -> None:
    ours, areas = [0.5, 0.6, 0.7, 0.8], [0.005, 0.005, 0.2, 0.3]
    tool = scores([0.6, 0.7, 0.2, 0.3], areas)
    fill = [MaskScore("a", s.image, s.area, values={"miou_box": 0.5}) for s in tool]
    summary = Evaluation(scores(ours, areas), {"felzenszwalb": tool, "fill_box": fill}, scores(ours, areas)).summary()
    sizes, ahead = sizes_table(summary), leads_table(summary)
    assert "| under 1 % of the photo | 2 | – | 0.550 (0.500–0.600) | – | – | – |" in sizes
    assert "| ahead at one click of | all, 4 masks | under 1 %, 2 masks | over 10 %, 2 masks |" in ahead
    assert "-0.100 (-0.100 to -0.100) | +0.500 (+0.500 to +0.500) |" in ahead
    assert "filling the box" not in ahead  # has no answer to a click
    assert leads_table(Evaluation(scores(ours, areas)).summary()) == ""

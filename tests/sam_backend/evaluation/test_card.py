"""The numbers and pictures of a model card."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sam_backend.evaluation.card import baselines_table, metrics_table, replace_part, sets_table, small_jpeg
from sam_backend.evaluation.parallel import in_turns
from tests.sam_backend.training.conftest import make_discs

SUMMARY = {
    "overall": {"miou_1_top": 0.5, "noc85": 12.25, "calibration_error": 0.1},
    "intervals": {"miou_1_top": [0.4, 0.6], "noc85": [11.0, 13.0]},
    "sets": {"a": {"miou_1_top": 0.5, "n": 7}},
    "baselines": {n: {"miou_1_top": 0.2} for n in ("grabcut", "felzenszwalb", "flood_fill", "random_walker")}
    | {"fill_box": {"miou_box": 0.6}},
    "compared": {"miou_1_top": 0.55, "miou_box": 0.7, "n": 3},
    "n": 7,
}


def test_each_number_has_its_interval_and_what_was_not_measured_a_dash() -> None:
    table = metrics_table({"dev": SUMMARY})
    assert "| | dev, 7 masks |" in table
    assert "| 1 click, top-scored | 0.500 (0.400–0.600) |" in table
    assert "| NoC@85 (cap 20) | 12.2 (11.0–13.0) |" in table
    assert "| calibration error of the predicted IoU | 0.100 |" in table
    assert "| box | – |" in table


def test_the_model_stands_beside_the_tools_on_the_same_masks() -> None:
    table = baselines_table(SUMMARY)
    assert "the same 3 masks" in table
    assert "| this model | 0.550 | – | – | 0.700 |" in table
    assert "| filling the box | – | – | – | 0.600 |" in table
    assert baselines_table(SUMMARY | {"baselines": {}}) == ""
    assert "| a | 7 | – | 0.500 | – | – | – |" in sets_table(SUMMARY)


def test_only_the_named_part_of_a_card_changes() -> None:
    card = "A\n<!-- generated: x -->\nold\n<!-- end -->\nB\n<!-- generated: y -->\n<!-- end -->\n"
    changed = replace_part(card, "x", "new \\1")
    assert changed == card.replace("old", "new \\1")
    assert replace_part(changed, "x", "old") == card
    with pytest.raises(ValueError, match="no part “z”"):
        replace_part(card, "z", "")


def test_a_sheet_is_as_good_as_fits() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (400, 600, 3), np.uint8)
    limit = 120_000
    jpeg = small_jpeg(Image.fromarray(noise), limit)
    assert len(jpeg) <= limit
    assert Image.open(BytesIO(jpeg)).size == (600, 400)


def test_sets_take_turns_so_that_an_early_end_is_even(tmp_path: Path) -> None:
    from dataclasses import replace

    from sam_backend.data.records import read_records

    records = read_records(make_discs(tmp_path))
    mixed = [*records[:4], *(replace(record, set="other") for record in records[4:])]
    assert [r.set for r in in_turns(mixed)] == ["discs", "other", "discs", "other", "discs", "discs"]

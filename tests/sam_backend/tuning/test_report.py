"""Numbers, verdict and card."""

from __future__ import annotations

import json

import pytest

from sam_backend.tuning import Change, Counts, TuneReport, Value
from sam_backend.tuning.gate import changes, is_better
from sam_backend.tuning.report import METRICS
from sam_backend.tuning.verdict import sentence

COUNTS = Counts(8, 60, 2, 15, 3, 25, 3, 25, 2, 9)
GOOD = {"noc85": -2.0, "noc90": -1.5, **dict.fromkeys(METRICS[:4], 0.05)}


def rows(gain: dict[str, float], noise: float = 0.0) -> list[dict[str, object]]:
    """Twelve masks on six images; `noise` makes the gain depend on the image."""
    old = {name: 8.0 if name.startswith("noc") else 0.6 for name in METRICS}
    return [
        {
            "key": f"{n // 2}", "group": f"{n // 2}", "old": old,
            "new": {name: old[name] + gain[name] + noise * ((n // 2) % 3 - 1) for name in METRICS},
        }
        for n in range(12)
    ]  # fmt: skip


def report(changed: dict[str, Change]) -> TuneReport:
    return TuneReport(
        written=True, sha256="a" * 64, parent="b" * 64, counts=COUNTS, steps=60, best_step=40, share=0.5, seconds=90.5,
        train_seconds=60.0, device="cpu", better=True, sentence="Better.", metrics=changed, forgetting=changed,
    )  # fmt: skip


def test_a_report_survives_json() -> None:
    one = report(changes(rows(GOOD)))
    assert TuneReport.from_json(json.loads(json.dumps(one.to_json()))) == one


@pytest.mark.parametrize("broken", [{}, {"counts": {}}, {"counts": None, "metrics": {}}])
def test_what_is_no_report_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a report of a tuning"):
        TuneReport.from_json(broken)


def test_fewer_clicks_on_every_image_are_better() -> None:
    changed = changes(rows(GOOD))
    assert changed["noc85"].difference == Value(-2.0, -2.0, -2.0)
    assert is_better(changed)
    assert sentence(changed, {}, COUNTS).startswith("Better: 6.0 clicks to IoU 0.85 instead of 8.0")


def test_a_gain_that_images_disagree_about_is_not_shown() -> None:
    changed = changes(rows({**GOOD, "noc85": -0.2}, noise=3.0))
    assert changed["noc85"].difference.low < 0 < changed["noc85"].difference.high
    assert not is_better(changed)
    assert sentence(changed, {}, COUNTS).startswith("Not shown to be better")


def test_what_is_lost_elsewhere_outweighs_fewer_clicks() -> None:
    changed = changes(rows({**GOOD, "miou_box": -0.1}))
    assert not is_better(changed)
    assert "worse with confidence at the IoU from a box" in sentence(changed, {}, COUNTS)


def test_forgetting_is_named_beside_the_verdict() -> None:
    good, lost = changes(rows(GOOD)), changes(rows({**GOOD, "miou_1_top": -0.2, "miou_3": -0.1}))
    assert "nothing was lost" in sentence(good, good, COUNTS)
    said = sentence(good, lost, COUNTS)
    assert said.startswith("Better")
    assert "lost at the IoU after one click and the IoU after three clicks" in said


def test_no_masks_no_numbers() -> None:
    assert changes([]) == {}
    assert not is_better({})

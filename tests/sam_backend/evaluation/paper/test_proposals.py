"""The paper's 7.3: AR@1000 of everything in the image."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sam_backend.evaluation.paper import proposals
from sam_backend.evaluation.paper.ground import Ground, read_ground
from sam_backend.evaluation.paper.proposals import frequency, measure_proposals, propose
from tests.sam_backend.evaluation.paper.sets import folder, rle, square

SMALL, MEDIUM = square(5, 5, 20, 20), square(40, 40, 50, 50)  # 400 and 2500 pixels: 32² is 1024


class Generator:
    def __init__(self, masks: list[np.ndarray], scores: list[float] | None = None) -> None:
        self.masks, self.scores = masks, scores or [0.5] * len(masks)

    def generate(self, pixels: np.ndarray) -> list[Any]:
        return [
            SimpleNamespace(segmentation=rle(mask), predicted_iou=score, stability_score=score)
            for mask, score in zip(self.masks, self.scores, strict=True)
        ]


def test_recall_is_told_by_size(tmp_path: Path) -> None:
    ground = read_ground(folder(tmp_path, [[{"mask": SMALL}, {"mask": MEDIUM}]] * 2))
    found = measure_proposals(Generator([SMALL, square(40, 40, 50, 40)]), [ground])
    # 0.8 of the medium one: found at seven of ten thresholds.
    assert found["overall"] == {
        "ar": pytest.approx(0.85), "ar_small": 1, "ar_medium": pytest.approx(0.7), "ar_large": None, "proposals": 2,
    }  # fmt: skip
    assert found["intervals"]["ar"] == [0.85, 0.85]


def test_no_label_is_asked_for_and_rare_ones_are_told_apart(tmp_path: Path) -> None:
    masks = [{"mask": SMALL, "label": "yak"}, {"mask": MEDIUM, "label": "cat"}]
    ground = read_ground(folder(tmp_path, [masks]))
    counted = [row | {"image_count": 3 if row["name"] == "yak" else 900} for row in ground.categories]
    known = Ground(ground.name, ground.photos, ground.annotations, counted, True)
    found = measure_proposals(Generator([MEDIUM]), [known])["overall"]
    assert (found["ar"], found["ar_rare"], found["ar_frequent"]) == (0.5, 0, 1)
    assert "ar_common" not in found
    assert "ar_rare" not in measure_proposals(Generator([MEDIUM]), [ground])["overall"]


@pytest.mark.parametrize(
    ("category", "name"),
    [({"frequency": "c"}, "common"), ({"image_count": 10}, "rare"), ({"image_count": 100}, "common"), ({}, "")],
)
def test_frequencies_are_lvis(category: dict[str, Any], name: str) -> None:
    assert frequency(category) == name


def test_the_thousand_with_the_best_scores_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST", 2)
    kept = propose(Generator([SMALL, MEDIUM, SMALL | MEDIUM], [0.2, 0.9, 0.4]), np.zeros((100, 100, 3), np.uint8))
    assert [row["score"] for row in kept] == [0.9, 0.4]

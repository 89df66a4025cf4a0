"""Writes tests/fixtures/propagate_golden.json, which the library and the editor are both held against:
`.venv/bin/python -m tests.sam_backend.data_engine.make_propagate_golden`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from sam_backend import propagate
from sam_backend.transforms import Frame

GOLDEN = Path(__file__).parents[2] / "fixtures" / "propagate_golden.json"
BOXES = [
    ([10, 20, 110, 70], (80, 120)), ([0, 0, 5, 5], (40, 60)), ([100, 30, 120, 80], (80, 120)),
    ([7, 9, 8, 10], (64, 64)),
]  # fmt: skip
"""Boxes (x0, y0, x1, y1) with the (height, width) of their image."""
PARTS = [
    (0.9, 0.95, 0.97), (0.1, 1.2, 0.99), (0.0, -0.3, 0.4), (1.0, 1.0, 1.0), (0.7, 0.6, 0.98), (0.82, 0.82, 0.82),
    (1.0, 1.0, 0.94),
]  # fmt: skip
"""Overlap, predicted IoU and likeness."""


def golden() -> dict[str, object]:
    boxes = [
        {
            "box": box, "height": height, "width": width, "shift": list(shift),
            "shifted": np.round(
                propagate._shifted(np.array(box, np.float64), shift, Frame(height, width, 512)).astype(float), 4
            ).tolist(),
        }
        for box, (height, width) in BOXES
        for shift in propagate.JITTERS
    ]  # fmt: skip
    mixes = []
    for overlap, score, likeness in PARTS:
        one, clipped = np.ones((1, 1), bool), float(np.clip(score, 0, 1))
        found = propagate.Propagation(np.zeros((1, 1), np.float32), one, clipped, overlap, likeness, likeness)
        mixes.append({
            "overlap": overlap, "score": score, "likeness": likeness, "confidence": round(found.confidence, 9),
            "sure": found.sure,
        })  # fmt: skip
    return {
        "box_pad": propagate.BOX_PAD,
        "jitters": [list(shift) for shift in propagate.JITTERS],
        "weights": {
            "overlap": propagate.WEIGHT_OVERLAP, "score": propagate.WEIGHT_SCORE,
            "likeness": propagate.WEIGHT_LIKENESS,
        },
        "confident": propagate.CONFIDENT,
        "kinship": propagate.KINSHIP,
        "same_place": propagate.SAME_PLACE,
        "mask_logit": propagate.MASK_LOGIT,
        "boxes": boxes,
        "mixes": mixes,
    }  # fmt: skip


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n")

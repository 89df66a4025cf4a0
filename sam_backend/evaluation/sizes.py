"""Scores by the size of the masks, and how far the model is ahead of each classical tool there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.metrics import bootstrap_interval, mean_over_sets
from sam_backend.evaluation.protocol import MaskScore

BANDS = (("under 1 %", 0.0, 0.01), ("1 to 10 %", 0.01, 0.1), ("over 10 %", 0.1, 1.1))
"""Name, smallest and largest share of the image."""
ALL = "all"
METRICS = ("miou_1_oracle", "miou_1_top", "miou_3", "miou_5", "miou_box")


def by_size(scores: Sequence[MaskScore]) -> dict[str, dict[str, Any]]:
    """`{band: {"n", metric: [mean, low, high]}}` with 95 % intervals by image; bands without masks are left out."""
    found: dict[str, dict[str, Any]] = {}
    for name, low, high in BANDS:
        inside = [score for score in scores if low <= score.area < high]
        if inside:
            found[name] = {"n": len(inside)} | {
                metric: _with_interval(inside, values)
                for metric in METRICS
                if not np.isnan(values := _column(inside, metric)).all()
            }
    return found


def leads(model: Sequence[MaskScore], tools: Mapping[str, Sequence[MaskScore]]) -> dict[str, dict[str, Any]]:
    """`{band: {"n", tool: {metric: [lead, low, high]}}}`: the model's mean IoU less the tool's, on the same masks.

    Args:
        model: scores of the masks that the tools were asked for, in the tools' order.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, low, high in ((ALL, 0.0, 1.1), *BANDS):
        rows = [index for index, score in enumerate(model) if low <= score.area < high]
        if rows:
            ours = [model[index] for index in rows]
            found[name] = {"n": len(rows)} | {
                tool: _lead(ours, [scores[index] for index in rows]) for tool, scores in tools.items()
            }
    return found


def _lead(ours: Sequence[MaskScore], theirs: Sequence[MaskScore]) -> dict[str, list[float]]:
    gaps = {metric: _column(ours, metric) - _column(theirs, metric) for metric in METRICS}
    return {metric: _with_interval(ours, gap) for metric, gap in gaps.items() if not np.isnan(gap).all()}


def _column(scores: Sequence[MaskScore], name: str) -> npt.NDArray[np.float64]:
    return np.array([score.values.get(name, float("nan")) for score in scores])


def _with_interval(scores: Sequence[MaskScore], values: npt.NDArray[np.float64]) -> list[float]:
    images, sets = [score.image for score in scores], [score.set for score in scores]
    return [
        round(value, 4) for value in (mean_over_sets(values, sets), *bootstrap_interval(values, images, sets))
    ]  # fmt: skip

"""The gate: the parent beside the new model on images that neither learning nor the choice of weights has seen.

What is asked of both is the protocol of `sam_backend.evaluation`: simulated clicks, and masks finished as the editor
shows them, through the packages' own graphs. Differences are taken mask by mask, and intervals over whole groups (an
image, or a video), whose masks are not independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.metrics import bootstrap_interval, mean_over_sets
from sam_backend.evaluation.protocol import Sample, score_mask
from sam_backend.predictor import Predictor
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.masks import measured_mask, measured_size, size_of
from sam_backend.tuning.records import Example
from sam_backend.tuning.report import METRICS, Change, Value, worse
from sam_backend.tuning.state import State

Row = dict[str, Any]
"""Scores of one mask: "key" and "group" of its image, and "old" and "new" with a number per metric."""
OLD, NEW = "old", "new"
LEAST_PIXELS = 16
"""Smaller masks, at the size of measuring, are left out: a click can hardly find them."""


def drawn(examples: Sequence[Example], most: int, seed: int) -> list[tuple[Example, tuple[int, ...]]]:
    """Which masks are measured: one of each image, then the next of each, until there are `most`."""
    orders = [np.random.default_rng([seed, *e.key.encode()]).permutation(len(e.masks)).tolist() for e in examples]
    chosen: list[list[int]] = [[] for _ in examples]
    for turn in range(max((len(order) for order in orders), default=0)):
        for order, taken in zip(orders, chosen, strict=True):
            if turn < len(order) and sum(map(len, chosen)) < most:
                taken.append(order[turn])
    return [(e, tuple(sorted(taken))) for e, taken in zip(examples, chosen, strict=True) if taken]


def measure(
    side: str,
    models: Mapping[str, Predictor],
    stored: StoredImages,
    masks: Sequence[tuple[Example, tuple[int, ...]]],
    clicks: int,
    state: State,
    tell: Callable[[int], None],
) -> list[Row]:
    """Scores of the drawn masks with both models; kept image by image, so that a killed run goes on after the last.

    Args:
        side: "held_out" or "fixed".
        models: `OLD` and `NEW`.
        tell: hears how many masks more are done, both models counted.
    """
    done: dict[str, list[Row]] = state.get(side) or {}
    for example, chosen in masks:
        if example.key in done:
            tell(len(models) * len(chosen))
            continue
        done[example.key] = _image(models, stored, example, chosen, clicks, tell)
        state.put(side, done)
    return [row for example, _ in masks for row in done[example.key]]


def _image(
    models: Mapping[str, Predictor],
    stored: StoredImages,
    example: Example,
    chosen: tuple[int, ...],
    clicks: int,
    tell: Callable[[int], None],
) -> list[Row]:
    rows: list[Row] = []
    # The embedding is told that its image is as large as the masks are measured at.
    shape = measured_size(*size_of(example.masks[chosen[0]]))
    embedding = replace(stored.embedding(example), original_size=shape)
    for index in chosen:
        truth = measured_mask(example.masks[index])
        if truth.sum() < LEAST_PIXELS:
            tell(len(models))
            continue
        row: Row = {"key": example.key, "group": example.group}
        sample = Sample("", example.group, truth)
        for name, predictor in models.items():
            predictor.set_embedding(embedding)
            values = score_mask(predictor, sample, clicks=clicks, jitter_seed=index).values
            row[name] = {metric: values[metric] for metric in METRICS}
            tell(1)
        rows.append(row)
    return rows


def changes(rows: Sequence[Row]) -> dict[str, Change]:
    """Each metric's change; empty without rows."""
    if not rows:
        return {}
    groups = [str(row["group"]) for row in rows]
    return {metric: _change(rows, groups, metric) for metric in METRICS}


def _change(rows: Sequence[Row], groups: list[str], metric: str) -> Change:
    old, new = (np.array([row[side][metric] for row in rows]) for side in (OLD, NEW))
    return Change(_value(old, groups), _value(new, groups), _value(new - old, groups))


def _value(values: npt.NDArray[np.float64], groups: list[str]) -> Value:
    sets = ["" for _ in groups]
    low, high = bootstrap_interval(values, groups, sets)
    return Value(*(round(number, 4) for number in (mean_over_sets(values, sets), low, high)))


def is_better(changed: Mapping[str, Change]) -> bool:
    """Fewer clicks to 0.85 with confidence, and nothing worse with confidence."""
    return bool(changed) and changed["noc85"].difference.high < 0 and not worse(changed)

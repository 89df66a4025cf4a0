"""Fairness: is a model as good for one group as for another? (SAM paper, section 6, its table of people by perceived
gender presentation, age group and skin tone.)

The groups come from whoever made the masks: a label, or an attribute of them. Nothing is inferred about anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import ceil
from typing import Any

import numpy as np

from sam_backend.evaluation.metrics import bootstrap_interval
from sam_backend.evaluation.protocol import MaskScore

METRICS = {"miou_1": "miou_1_top", "miou_3": "miou_3"}
"""The paper's two numbers, mIoU at one and at three points, and what the protocol calls them: with one point the mask
that is shown, the best-scored of three."""
MOST = 50
"""So many groups are compared, the largest; an attribute with a value for each mask is no grouping."""
WANTED = 0.03
"""Half the width of an interval that is narrow enough: ± 3 %."""
FEWEST_IMAGES = 10
"""From fewer the bootstrap's interval is far too narrow: of two images it never leaves what those two say."""


def by_group(scores: Sequence[MaskScore]) -> dict[str, Any]:
    """Return `{"groups": {name: {"n", "images", "miou_1", "miou_3", "more"}}, "apart", "without", "left_out"}`.

    Each number is `[mean, low, high]`: the mean over the group's masks, and its 95 % interval by the bootstrap over
    images (masks of one image are not independent); low and high are None for a group from fewer than ten. "more" says
    by number how many more masks it takes, as many to an image as now, until the interval is ± 3 % (None: unknown).
    "apart" lists pairs of groups whose intervals do not overlap, `[metric, higher, lower]`. "without" counts masks that
    belong to no group, "left_out" those of groups beyond the 50 largest.

    Intervals that do not overlap mean a difference that chance rarely makes: more rarely than one time in twenty for a
    single pair, but of many pairs some will. Ones that do overlap prove no equality.
    """
    members: dict[str, list[MaskScore]] = {}
    for score in scores:
        if score.group:
            members.setdefault(score.group, []).append(score)
    names = sorted(members, key=lambda name: (-len(members[name]), name))
    groups = {name: _measured(members[name]) for name in names[:MOST]}
    return {
        "groups": groups,
        "apart": _apart(groups),
        "without": sum(not score.group for score in scores),
        "left_out": sum(len(members[name]) for name in names[MOST:]),
    }


def _measured(scores: list[MaskScore]) -> dict[str, Any]:
    found: dict[str, Any] = {"n": len(scores), "images": len({(s.set, s.image) for s in scores}), "more": {}}
    for name, column in METRICS.items():
        found[name] = _with_interval(scores, column)
        found["more"][name] = masks_needed(len(scores), *found[name])
    return found


def _with_interval(scores: list[MaskScore], column: str) -> list[float | None]:
    values = np.array([score.values.get(column, float("nan")) for score in scores])
    images = [f"{score.set}/{score.image}" for score in scores]
    known = {image for image, value in zip(images, values, strict=True) if not np.isnan(value)}
    if not known:
        return [None, None, None]
    mean = round(float(np.nanmean(values)), 4)
    if len(known) < FEWEST_IMAGES:
        return [mean, None, None]
    low, high = bootstrap_interval(values, images, [""] * len(images))
    return [mean, round(low, 4), round(high, 4)]


def masks_needed(n: int, mean: float | None, low: float | None, high: float | None) -> int | None:
    """Return how many more masks make the wider half of an interval ± 3 %: its width falls with the square root of
    their number. None where nobody can say: an interval that is not known, or that has no width yet."""
    if mean is None or low is None or high is None:
        return None
    half = max(mean - low, high - mean)
    return max(0, ceil(round(n * ((half / WANTED) ** 2 - 1), 6))) if half > 0 else None


def _apart(groups: dict[str, dict[str, Any]]) -> list[list[str]]:
    found = []
    for metric in METRICS:
        known = {name: group[metric] for name, group in groups.items() if group[metric][1] is not None}
        for one, other in combinations(known, 2):
            if known[one][1] > known[other][2]:
                found.append([metric, one, other])
            elif known[other][1] > known[one][2]:
                found.append([metric, other, one])
    return found


def groups_table(found: dict[str, Any]) -> str:
    """Markdown: one row per group, with 95 % intervals and what is missing to ± 3 %."""
    lines = ["| group | masks | images | 1 point | 3 points | more masks for ± 3 % |", "|---" * 6 + "|"]
    for name, group in found["groups"].items():
        more = ", ".join("–" if group["more"][metric] is None else str(group["more"][metric]) for metric in METRICS)
        cells = [_cell(group[metric]) for metric in METRICS]
        lines.append(f"| {name} | {group['n']} | {group['images']} | {' | '.join(cells)} | {more} |")
    titles = {"miou_1": "1 point", "miou_3": "3 points"}
    lines += [f"\n{titles[metric]}: {high} above {low}, no overlap." for metric, high, low in found["apart"]]
    return "\n".join(lines)


def _cell(values: list[float | None]) -> str:
    mean, low, high = values
    if mean is None:
        return "–"
    return f"{mean:.3f}" + (f" ({low:.3f}–{high:.3f})" if low is not None and high is not None else "")

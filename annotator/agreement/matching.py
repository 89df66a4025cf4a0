"""Which objects of two people, or of several, are the same.

Two objects can be the same from an IoU of one half on. Among those that can, the assignment with the largest sum of
IoUs is taken (Kuhn 1955, "The Hungarian method"; scipy's `linear_sum_assignment`). It depends neither on the order of
the objects nor on which person comes first. Boxes and areas rule most pairs out before a mask is looked at, and what
is left falls into small islands that are solved one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from export.rle import Rle, iou, sample
from sam_backend.evaluation.metrics import BOUNDARY_WIDTH, band_iou

LEAST_IOU = 0.5
"""Of two masks for being the same object."""
SIDE = 1024
"""Cells along the longer side of the part in which two outlines are compared; larger ones are looked at in every n-th
pixel, so that two masks of any size cost the same."""
SAME_LABEL = 1e-6
"""What an equal label adds: it decides between assignments that are alike otherwise."""
Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """One person's object: `box` is [x, y, width, height] in image pixels, `label` an id, "" for none."""

    id: str
    label: str
    rle: Rle
    box: tuple[int, int, int, int]
    area: int

    @cached_property
    def order(self) -> tuple[Any, ...]:
        """What objects are sorted by, so that the order in which they come makes no difference."""
        return (self.box, self.area, self.rle.counts, self.label, self.id)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two objects that are the same, by their places in the two lists."""

    first: int
    second: int
    iou: float


def match(first: Sequence[Shape], second: Sequence[Shape]) -> list[Pair]:
    """Match two people's objects on one image, each with one at most; in the order of the first list."""
    rows = sorted(range(len(first)), key=lambda at: first[at].order)
    columns = sorted(range(len(second)), key=lambda at: second[at].order)
    if [second[at].order for at in columns] < [first[at].order for at in rows]:
        turned = match(second, first)
        return sorted((Pair(pair.second, pair.first, pair.iou) for pair in turned), key=lambda pair: pair.first)
    found = _solve([first[at] for at in rows], [second[at] for at in columns])
    return sorted((Pair(rows[i], columns[j], share) for i, j, share in found), key=lambda pair: pair.first)


def _solve(first: list[Shape], second: list[Shape]) -> list[tuple[int, int, float]]:
    shares = {pair: share for pair in _possible(first, second) if (share := _iou(first, second, pair)) >= LEAST_IOU}
    if not shares:
        return []
    at = np.array(list(shares))
    islands = _islands(at, len(first), len(second))
    found = []
    for island in np.unique(islands[at[:, 0]]):
        found += _assign([pair for pair in shares if islands[pair[0]] == island], shares, first, second)
    return found


def _islands(at: npt.NDArray[np.int_], first: int, second: int) -> npt.NDArray[np.int_]:
    """Number each object's island: those of the first list, then those of the second."""
    from scipy.sparse import coo_array  # a third of a second of every process's start, which few of them need
    from scipy.sparse.csgraph import connected_components

    size = first + second
    joined = coo_array((np.ones(len(at)), (at[:, 0], at[:, 1] + first)), shape=(size, size))
    return np.asarray(connected_components(joined, directed=False)[1])


def _assign(
    pairs: list[tuple[int, int]], shares: dict[tuple[int, int], float], first: list[Shape], second: list[Shape]
) -> list[tuple[int, int, float]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = sorted({i for i, _ in pairs}), sorted({j for _, j in pairs})
    gain = np.zeros((len(rows), len(columns)))
    for i, j in pairs:
        gain[rows.index(i), columns.index(j)] = shares[i, j] + SAME_LABEL * (first[i].label == second[j].label)
    chosen = zip(*linear_sum_assignment(gain, maximize=True), strict=True)
    known = ((rows[r], columns[c]) for r, c in chosen)
    return [(i, j, shares[i, j]) for i, j in known if (i, j) in shares]


def _possible(first: list[Shape], second: list[Shape]) -> list[tuple[int, int]]:
    """Pairs whose boxes and areas allow an IoU that is large enough: an intersection is no larger than that of the
    boxes or the smaller mask, a union no smaller than the larger mask."""
    if not first or not second:
        return []
    one, other = np.array([s.box for s in first], float), np.array([s.box for s in second], float)
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum((one[:, :2] + one[:, 2:])[:, None], (other[:, :2] + other[:, 2:])[None])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = np.array([s.area for s in first], float)[:, None], np.array([s.area for s in second], float)[None]
    possible = np.minimum(common, np.minimum(*areas)) >= LEAST_IOU * np.maximum(*areas)
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(possible), strict=True)]


def _iou(first: list[Shape], second: list[Shape], pair: tuple[int, int]) -> float:
    return float(iou(first[pair[0]].rle, second[pair[1]].rle))


def boundary_iou(first: Shape, second: Shape) -> float:
    """Return the IoU of the bands along both outlines, inside the masks, as wide as 2 % of the image's diagonal (Cheng
    et al. 2021, "Boundary IoU", eq. 2 and section 4)."""
    height, width = first.rle.size
    (x, y, w, h), (u, v, p, q) = first.box, second.box
    left, top = min(x, u), min(y, v)
    right, bottom = max(x + w, u + p), max(y + h, v + q)
    step = max(1, -(-max(right - left, bottom - top) // SIDE))
    cells = np.arange(top, bottom, step, dtype=np.int64), np.arange(left, right, step, dtype=np.int64)
    band = max(1, round(BOUNDARY_WIDTH * float(np.hypot(height, width)) / step))
    return band_iou(sample(first.rle, *cells), sample(second.rle, *cells), band)


def groups(people: Sequence[Sequence[Shape]]) -> list[dict[int, int]]:
    """Return the objects that several people made, each as {place of the person: place of the object in their list};
    one that nobody else made stands alone. Pairs are joined by falling IoU, as long as nobody has two in one object."""
    joined: dict[tuple[int, int], dict[int, int]] = {
        (who, at): {who: at} for who, shapes in enumerate(people) for at in range(len(shapes))
    }
    pairs = [
        (-pair.iou, people[a][pair.first].order, people[b][pair.second].order, (a, pair.first), (b, pair.second))
        for a in range(len(people))
        for b in range(a + 1, len(people))
        for pair in match(people[a], people[b])
    ]
    for *_, one, other in sorted(pairs, key=lambda row: (row[0], *sorted((row[1], row[2])))):
        mine, theirs = joined[one], joined[other]
        if mine is theirs or mine.keys() & theirs.keys():
            continue
        mine.update(theirs)
        for who, at in theirs.items():
            joined[who, at] = mine
    return list({id(group): group for group in joined.values()}.values())

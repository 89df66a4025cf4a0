"""BSDS's counts at each threshold, and the four numbers made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from skimage.morphology import thin

from sam_backend.evaluation.paper.edges.matching import match
from sam_backend.evaluation.paper.edges.thin import Map
from sam_backend.evaluation.paper.edges.truth import Edges
from sam_backend.evaluation.paper.summed import Values

Counts = npt.NDArray[np.float64]


def cuts(count: int) -> npt.NDArray[np.float64]:
    """So many thresholds, evenly between 0 and 1, both left out."""
    return np.arange(1, count + 1) / (count + 1)


def count_matches(strength: Map, people: Sequence[Edges], thresholds: npt.NDArray[np.float64]) -> Counts:
    """`[thresholds, 4]`: people's pixels that were found, people's pixels, found pixels that match somebody's, found
    pixels. Each person counts by itself for what was to be found; a pixel is right where it matches any person's."""
    found = np.zeros((len(thresholds), 4))
    held = [_thinned(edges) for edges in people]
    before: tuple[int, npt.NDArray[np.float64]] | None = None
    for place, threshold in enumerate(thresholds):
        above = strength >= threshold
        size = int(above.sum())
        if before is None or before[0] != size:  # the same pixels give the same counts
            before = size, _counted(_thinned(above), held)
        found[place] = before[1]
    return found


def _thinned(edges: Edges) -> Edges:
    return np.asarray(thin(edges), np.bool_)  # type: ignore[no-untyped-call]


def _counted(edges: Edges, people: Sequence[Edges]) -> npt.NDArray[np.float64]:
    matched = [match(edges, truth) for truth in people]
    right = np.logical_or.reduce(matched)
    hits = sum(int(flags.sum()) for flags in matched)
    return np.array([hits, sum(int(t.sum()) for t in people), int(right.sum()), int(edges.sum())], np.float64)


def numbers(counts: Counts) -> Values:
    """ODS, OIS, AP and R50 of images' counts `[images, thresholds, 4]`.

    ODS is the best F over thresholds, the same for all images; OIS F with each image's own best threshold; AP the mean
    precision over recalls 0, 0.01, ... 1, 0 where they are not reached; R50 the recall where precision is 0.5.
    """
    together = counts.sum(0)
    own = np.argmax(_f(counts), axis=1)
    best = counts[np.arange(len(counts)), own].sum(0)
    recall, precision = _shares(together)
    return {
        "ods": float(_f(together).max()), "ois": float(_f(best)),
        "ap": _area(recall, precision), "r50": _recall_at_half(recall, precision),
    }  # fmt: skip


def _shares(counts: Counts) -> tuple[Counts, Counts]:
    """Recall and precision; without any edge both are 0."""
    hits, wanted, right, found = np.moveaxis(counts, -1, 0)
    return hits / np.maximum(wanted, 1), right / np.maximum(found, 1)


def _f(counts: Counts) -> Counts:
    recall, precision = _shares(counts)
    return np.asarray(2 * recall * precision / np.maximum(recall + precision, 1e-12))


def _area(recall: Counts, precision: Counts) -> float:
    order = np.argsort(recall, kind="stable")
    wanted = np.linspace(0, 1, 101)
    at, first = np.unique(recall[order], return_index=True)
    return float(np.interp(wanted, at, precision[order][first], left=0, right=0).sum() / 101)


def _recall_at_half(recall: Counts, precision: Counts) -> float:
    """By lines between neighbouring thresholds; the highest recall at which precision is a half or more."""
    best = float(recall[precision >= 0.5].max(initial=0))
    for low, high in zip(range(len(recall) - 1), range(1, len(recall)), strict=True):
        (p, q), (r, s) = precision[[low, high]], recall[[low, high]]
        if min(p, q) < 0.5 <= max(p, q):
            best = max(best, float(r + (s - r) * (0.5 - p) / (q - p)))
    return best

"""Which candidates stay: pure functions of their scores and boxes, so that thresholds can be moved without decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from sam_backend.amg.filters import BoolArray, cut_off, suppress
from sam_backend.amg.grid import Crop
from sam_backend.amg.params import Params


class Scored(Protocol):
    """What is judged of a candidate; see ``Candidate`` for units. Whoever stores candidates needs to store these."""

    @property
    def crop(self) -> Crop: ...
    @property
    def box(self) -> npt.NDArray[np.float64]: ...
    @property
    def area(self) -> float: ...
    @property
    def predicted_iou(self) -> float: ...
    @property
    def stability(self) -> float: ...


C = TypeVar("C", bound=Scored)


def filter_candidates(candidates: Sequence[C], params: Params, height: int, width: int) -> list[C]:
    """Those of ``AutomaticMasks.candidates`` that ``generate`` would keep for ``params``.

    Judged are ``predicted_iou``, ``stability``, ``max_area``, ``edge_tolerance``, ``nms`` and ``crop_nms``. The search
    must have let through no less (its ``predicted_iou`` and ``stability`` no higher than here), with the same grid,
    crops and ``stability_offset``; ``min_region`` comes in at ``make_records``.

    Args:
        candidates: in the order they were found.
        params: the wanted thresholds.
        height, width: of the image, in pixels.

    Returns:
        The kept ones: the most zoomed-in layer first, by predicted IoU within each.
    """
    passed = acceptable(candidates, params, height, width)
    if not _several_crops(candidates, params, height, width):
        return best_of_crop(passed, params)
    kept: list[C] = []
    for layer in sorted({c.crop.layer for c in passed}, reverse=True):
        crops = list(dict.fromkeys(c.crop for c in passed if c.crop.layer == layer))
        found = [best for crop in crops for best in best_of_crop([c for c in passed if c.crop == crop], params)]
        kept += best_of_layer(found, kept, params)
    return kept


def _several_crops(candidates: Sequence[C], params: Params, height: int, width: int) -> bool:
    """Whether the search looked at more than one crop: a region of the image is looked at alone."""
    whole = [(c.crop.width, c.crop.height) == (width, height) for c in candidates if c.crop.layer == 0]
    return params.crop_layers > 0 and all(whole)


def acceptable(candidates: Sequence[C], params: Params, height: int, width: int) -> list[C]:
    """Drops what is too unsure, too unstable, too large, or cut off at its crop's edge."""
    if not candidates:
        return []
    # In float32 as the decoder gave it, so that a score at the threshold is judged alike here and there.
    keep: BoolArray = np.array([c.predicted_iou for c in candidates], np.float32) >= params.predicted_iou
    keep &= np.array([c.stability for c in candidates]) >= params.stability
    if params.max_area < 1:
        keep &= np.array([c.area for c in candidates]) < params.max_area * height * width
    boxes = np.stack([c.box for c in candidates])
    crops = np.array([[c.crop.x0, c.crop.y0, c.crop.x1, c.crop.y1] for c in candidates])
    keep &= ~cut_off(boxes, crops, height, width, params.edge_tolerance)
    return [candidate for candidate, stays in zip(candidates, keep, strict=True) if stays]


def best_of_crop(candidates: Sequence[C], params: Params) -> list[C]:
    """Box NMS within a crop, ranked by predicted IoU."""
    return _suppressed(candidates, params.nms, [])


def best_of_layer(candidates: Sequence[C], kept: Sequence[C], params: Params) -> list[C]:
    """Where there are several crops: box NMS among those of a layer, ranked by predicted IoU, and against ``kept`` from
    more zoomed-in layers, which go first (paper, appendix B). Whole layers may be done one after another: what ranks
    lower never removes."""
    return _suppressed(candidates, params.crop_nms, kept)


def news(candidates: Sequence[C], shown: Sequence[C], params: Params) -> list[C]:
    """Of a batch's candidates, the best of each cluster that is no duplicate of one in ``shown``."""
    return _suppressed(candidates, params.nms, shown)


def _suppressed(candidates: Sequence[C], limit: float, kept: Sequence[C]) -> list[C]:
    if not candidates:
        return []
    boxes = np.stack([c.box for c in candidates])
    rivals = np.stack([c.box for c in kept]) if kept else None
    ranking = np.argsort([-c.predicted_iou for c in candidates], kind="stable")
    return [candidates[index] for index in suppress(boxes, ranking, limit, rivals)]

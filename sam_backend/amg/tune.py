"""How well thresholds serve a model: precision and recall of automatic masks against images with drawn ones.

Each image is searched once with low thresholds; every choice of thresholds then only filters what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sam_backend.amg.backends import DecoderBackend
from sam_backend.amg.candidates import Candidate
from sam_backend.amg.generator import AutomaticMasks
from sam_backend.amg.grid import Crop
from sam_backend.amg.params import Params
from sam_backend.amg.select import filter_candidates

BoolArray = npt.NDArray[np.bool_]
ALIKE = 0.5
"""IoU from which a found mask counts as a drawn one."""


@dataclass(frozen=True)
class Rated:
    """A candidate without its logits; ``overlaps`` [G] are its IoUs with the image's drawn masks."""

    crop: Crop
    box: npt.NDArray[np.float64]
    area: float
    predicted_iou: float
    stability: float
    overlaps: npt.NDArray[np.float64]


@dataclass(frozen=True)
class RatedImage:
    """An image's candidates, its size, and the set it belongs to."""

    group: str
    height: int
    width: int
    candidates: tuple[Rated, ...]
    drawn: int


@dataclass(frozen=True)
class Quality:
    """Means over sets of images, so that a set with many masks does not count more.

    ``precision`` is the share of kept masks that resemble a drawn one: a lower bound, as nobody draws everything.
    ``recall`` is the share of drawn masks that a kept one resembles. ``masks`` are kept per image.
    """

    predicted_iou: float
    stability: float
    precision: float
    recall: float
    masks: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-12)


def rate(
    backend: DecoderBackend, params: Params, rgb: npt.NDArray[np.uint8], drawn: Sequence[BoolArray], group: str = ""
) -> RatedImage:
    """Searches an image with ``params`` (of low thresholds) and compares every candidate with ``drawn`` masks."""
    found = AutomaticMasks(backend, params).candidates(rgb)
    truth = np.stack(drawn) if drawn else np.zeros((0, *rgb.shape[:2]), np.bool_)
    areas = truth.sum(axis=(1, 2), dtype=np.int64)
    rated = tuple(_rated(candidate, truth, areas, backend.threshold) for candidate in found)
    return RatedImage(group, rgb.shape[0], rgb.shape[1], rated, len(truth))


def _rated(candidate: Candidate, truth: BoolArray, areas: npt.NDArray[np.int64], threshold: float) -> Rated:
    part, row, column = candidate.final().mask(candidate.frame, threshold)
    row, column = row + candidate.crop.y0, column + candidate.crop.x0
    below = truth[:, row : row + part.shape[0], column : column + part.shape[1]]
    both = np.count_nonzero(below & part, axis=(1, 2))
    either = areas + np.count_nonzero(part) - both
    return Rated(
        candidate.crop, candidate.box, candidate.area, candidate.predicted_iou, candidate.stability,
        np.asarray(both / np.maximum(either, 1), np.float64),
    )  # fmt: skip


def quality(images: Iterable[RatedImage], params: Params) -> Quality:
    """What ``params`` would keep, judged by what was drawn."""
    groups: dict[str, list[npt.NDArray[np.int64]]] = {}
    for image in images:
        kept = filter_candidates(image.candidates, params, image.height, image.width)
        alike = np.array([c.overlaps for c in kept]).reshape(len(kept), image.drawn) >= ALIKE
        counts = [alike.any(1).sum(), len(kept), alike.any(0).sum(), image.drawn, 1]
        groups.setdefault(image.group, []).append(np.array(counts, np.int64))
    sums = np.array([np.sum(counts, 0) for counts in groups.values()])
    right, kept_masks, found, drawn, images = np.maximum(sums, [0, 1, 0, 1, 1]).T
    return Quality(
        params.predicted_iou,
        params.stability,
        float((right / kept_masks).mean()),
        float((found / drawn).mean()),
        float((sums[:, 1] / images).mean()),
    )


def tune(
    images: Sequence[RatedImage],
    params: Params,
    predicted_ious: Iterable[float],
    stabilities: Iterable[float],
    progress: Callable[[Quality], object] | None = None,
) -> list[Quality]:
    """The quality of every pair of thresholds, the best F1 first."""
    tried = []
    pairs = [(iou, stability) for iou in predicted_ious for stability in stabilities]
    for iou, stability in pairs:
        tried.append(quality(images, replace(params, predicted_iou=iou, stability=stability)))
        if progress is not None:
            progress(tried[-1])
    return sorted(tried, key=lambda found: -found.f1)

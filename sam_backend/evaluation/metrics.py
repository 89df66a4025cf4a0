"""Scores of one mask, and how scores of many are put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sam_backend.components import find_parts

Mask = npt.NDArray[np.bool_]

BOUNDARY_WIDTH = 0.02
"""Width of the band compared by boundary IoU, as a share of the image diagonal (Cheng et al. 2021)."""
STRAY_AREA = 0.01
"""A component counts as stray when it is not the largest and under this share of the mask ..."""
BINS = 10


def iou(prediction: Mask, truth: Mask) -> float:
    """Intersection over union; two empty masks agree (1)."""
    union = int((prediction | truth).sum())
    return int((prediction & truth).sum()) / union if union else 1.0


def boundary_iou(prediction: Mask, truth: Mask) -> float:
    """IoU of the inner boundary bands of both masks (Cheng et al. 2021, "Boundary IoU")."""
    height, width = truth.shape
    band = max(1, round(BOUNDARY_WIDTH * float(np.hypot(height, width))))
    return band_iou(prediction, truth, band)


def band_iou(first: Mask, second: Mask, band: int) -> float:
    """IoU of the parts of two masks of one shape that are at most `band` pixels from what is outside of each."""
    return iou(_inner_band(first, band), _inner_band(second, band))


def _inner_band(mask: Mask, band: int) -> Mask:
    # Pixels more than `band` steps of a king from everything outside; the border of the image counts as outside.
    from scipy import ndimage  # loaded by the first edge that is measured, not by every process of the app

    inner = ndimage.minimum_filter(mask, size=2 * band + 1, mode="constant", cval=0)
    return np.asarray(mask & ~inner)


def has_stray_components(mask: Mask) -> bool:
    """Whether a mask has specks: components (8-connected) under 1 % of its area beside the largest."""
    areas = find_parts(mask).areas
    return len(areas) > 1 and bool(areas.min() < STRAY_AREA * areas.sum())


def number_of_clicks(ious: Sequence[float], threshold: float, cap: int = 20) -> int:
    """Clicks until `threshold` IoU is reached first; the cap when it never is (NoC, Xu et al. 2016)."""
    for clicks, value in enumerate(ious[:cap], 1):
        if value >= threshold:
            return clicks
    return cap


def calibration_error(predicted: npt.NDArray[np.float64], measured: npt.NDArray[np.float64]) -> float:
    """Expected calibration error of predicted IoUs: |mean predicted - mean measured| over ten bins, by size."""
    if len(predicted) == 0:
        return float("nan")
    bins = np.clip((predicted * BINS).astype(int), 0, BINS - 1)
    gaps = [
        (bins == b).mean() * abs(predicted[bins == b].mean() - measured[bins == b].mean())
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def mean_over_sets(values: npt.NDArray[np.float64], sets: Sequence[str]) -> float:
    """Mean within each set, then over the sets; NaN values are left out."""
    names = np.asarray(sets)
    means = [float(np.nanmean(values[names == s])) for s in sorted(set(sets)) if not np.isnan(values[names == s]).all()]
    return float(np.mean(means)) if means else float("nan")


def bootstrap_interval(
    values: npt.NDArray[np.float64], images: Sequence[str], sets: Sequence[str], draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of `mean_over_sets`, resampling whole images (masks of one image are not independent)."""
    rng = np.random.default_rng(seed)
    sums, counts, owner = _per_image(values, images, sets)
    if not owner:
        return float("nan"), float("nan")
    results = np.empty((draws, len(set(owner))))
    for column, name in enumerate(sorted(set(owner))):
        rows = np.array([o == name for o in owner])
        s, c = sums[rows], counts[rows]
        pick = rng.integers(len(s), size=(draws, len(s)))
        results[:, column] = s[pick].sum(1) / c[pick].sum(1)
    low, high = np.percentile(results.mean(1), [2.5, 97.5])
    return float(low), float(high)


def _per_image(
    values: npt.NDArray[np.float64], images: Sequence[str], sets: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], list[str]]:
    table: dict[tuple[str, str], list[float]] = {}
    for value, image, name in zip(values, images, sets, strict=True):
        if not np.isnan(value):
            table.setdefault((name, image), []).append(float(value))
    sums = np.array([sum(v) for v in table.values()])
    counts = np.array([float(len(v)) for v in table.values()])
    return sums, counts, [name for name, _ in table]

"""Edges by classical tools on the same photos: what a model's must be better than."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from skimage.color import rgb2gray
from skimage.feature import canny
from skimage.filters import sobel
from skimage.segmentation import felzenszwalb

from sam_backend.evaluation.paper.edges.thin import Map, on_crests
from sam_backend.evaluation.paper.edges.truth import border

Pixels = npt.NDArray[np.uint8]

SIGMA = 2.0
"""Canny's smoothing, in pixels."""
LEVELS = 16
SCALES = np.geomspace(20, 5000, LEVELS)
"""Felzenszwalb and Huttenlocher's k: the larger, the larger are the segments."""


def by_sobel(pixels: Pixels) -> Map:
    """Sobel's filter on grey, thinned as a model's edges are; the same scale for each image, its square root so that
    evenly spaced thresholds tell weak edges apart."""
    change = sobel(rgb2gray(pixels))  # type: ignore[no-untyped-call]
    return on_crests(np.sqrt(np.clip(change, 0, 1)).astype(np.float32))


def by_canny(pixels: Pixels) -> Map:
    """The highest threshold at which Canny's detector keeps a pixel; the lower threshold is 0.4 of the higher."""
    grey = rgb2gray(pixels)
    highs = np.linspace(0, 1, LEVELS + 1)[1:] ** 2
    strength = np.zeros(grey.shape, np.float32)
    for place, high in enumerate(highs, 1):
        kept = canny(grey, SIGMA, 0.4 * high, high)  # type: ignore[no-untyped-call]
        strength[kept] = place / LEVELS
    return strength


def by_felzenszwalb(pixels: Pixels) -> Map:
    """At how many of 16 scales a border between segments runs there (Felzenszwalb and Huttenlocher 2004)."""
    seen = [border(felzenszwalb(pixels, scale=float(scale), sigma=0.8, min_size=50)) for scale in SCALES]
    return np.asarray(np.mean(seen, axis=0), np.float32)


TOOLS: dict[str, Callable[[Pixels], Map]] = {"sobel": by_sobel, "canny": by_canny, "felzenszwalb": by_felzenszwalb}

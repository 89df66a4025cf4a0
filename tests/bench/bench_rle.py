"""Masks to run lengths and back, against pycocotools' C code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pycocotools import mask as coco

from export import rle
from tests.bench.measure import Measure, median_ms

SIZE = (1080, 1920)
COUNT = 50


def blobs() -> list[np.ndarray]:
    """Ragged ellipses of many sizes, the same in each run."""
    random = np.random.default_rng(7)
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    masks = []
    for _ in range(COUNT):
        y, x, radius = random.uniform(0, SIZE[0]), random.uniform(0, SIZE[1]), random.uniform(20, 300)
        ripple = 1 + 0.2 * np.sin(np.arctan2(rows - y, columns - x) * random.integers(3, 20))
        masks.append(np.hypot(rows - y, columns - x) < radius * ripple)
    return masks


def measure() -> list[Measure]:
    """Milliseconds per mask of 1920 × 1080."""
    masks = blobs()
    columns = [np.asfortranarray(mask.astype(np.uint8)) for mask in masks]
    ours = [rle.encode(mask) for mask in masks]
    theirs = [coco.encode(mask) for mask in columns]
    assert [entry.counts for entry in ours] == [entry["counts"].decode() for entry in theirs]

    def per_mask(work: Callable[[], object]) -> float:
        return median_ms(work, rounds=5, warm_up=1) / COUNT

    return [
        Measure(
            "encode a mask",
            per_mask(lambda: [rle.encode(mask) for mask in masks]),
            "ms",
            "pycocotools with its copy",
            per_mask(lambda: [coco.encode(np.asfortranarray(m, "B")) for m in masks]),
        ),
        Measure(
            "decode a mask",
            per_mask(lambda: [rle.decode(entry) for entry in ours]),
            "ms",
            "pycocotools",
            per_mask(lambda: [coco.decode(entry) for entry in theirs]),
        ),
    ]

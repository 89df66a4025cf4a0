"""Which masks of an image are measured: a reproducible draw."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pycocotools import mask as coco_mask

from sam_backend.data.records import Record
from sam_backend.evaluation.protocol import Sample

MASKS_PER_IMAGE = 5
AREA_POWER = 0.25


def draw_masks(record: Record, seed: int = 3, most: int = MASKS_PER_IMAGE) -> Iterator[Sample]:
    """Up to `most` masks of an image, drawn with probability ~ area^0.25, the same for every model."""
    digest = [seed, *record.path.name.encode()]
    weights = np.asarray(record.areas) ** AREA_POWER
    count = min(most, len(weights))
    for index in np.random.default_rng(digest).choice(len(weights), count, replace=False, p=weights / weights.sum()):
        rle = {"size": [record.height, record.width], "counts": record.counts[index]}
        yield Sample(record.set, record.path.name, np.asarray(coco_mask.decode(rle), bool), group=_group(record, index))


def _group(record: Record, index: int) -> str:
    return record.groups[index] if record.groups else ""

"""Which masks are measured: a reproducible draw from data folders and COCO files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from sam_backend.data.records import Record, read_records
from sam_backend.evaluation.protocol import Sample

MASKS_PER_IMAGE = 5
AREA_POWER = 0.25


def draw_records(sources: Sequence[Path], limit: int | None, seed: int = 3, group: str = "") -> list[Record]:
    """Images to measure, set by set; `limit` caps the images of each set (drawn evenly, not the first ones), `group` is
    what masks are grouped by, as in `read_records`."""
    drawn: list[Record] = []
    for source in sources:
        records = read_records(source, group)
        if limit is not None and len(records) > limit:
            keep = np.random.default_rng(seed).choice(len(records), limit, replace=False)
            records = [records[i] for i in sorted(keep)]
        drawn += records
    return drawn


def draw_masks(record: Record, seed: int = 3) -> Iterator[Sample]:
    """Up to five masks of an image, drawn with probability ~ area^0.25, the same for every model."""
    digest = [seed, *record.path.name.encode()]
    weights = np.asarray(record.areas) ** AREA_POWER
    count = min(MASKS_PER_IMAGE, len(weights))
    for index in np.random.default_rng(digest).choice(len(weights), count, replace=False, p=weights / weights.sum()):
        rle = {"size": [record.height, record.width], "counts": record.counts[index]}
        yield Sample(record.set, record.path.name, np.asarray(coco_mask.decode(rle), bool), group=_group(record, index))


def _group(record: Record, index: int) -> str:
    return record.groups[index] if record.groups else ""

"""Which images are looked at: a reproducible draw from data folders and COCO files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sam_backend.data.records import Record, read_records


def held_out(name: str, share: float) -> bool:
    """Whether an image belongs to the split that is never trained on: decided by its name alone."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < share


def draw(count: int, limit: int | None, seed: int = 3) -> list[int]:
    """Places of at most `limit` of `count` things, in order; the same every time."""
    if limit is None or count <= limit:
        return list(range(count))
    return sorted(int(index) for index in np.random.default_rng(seed).choice(count, limit, replace=False))


def draw_records(
    sources: Sequence[Path], limit: int | None, seed: int = 3, group: str = "", left_out: float | None = None
) -> list[Record]:
    """Images to measure, set by set; `limit` caps the images of each set (drawn evenly, not the first ones), `group` is
    what masks are grouped by, as in `read_records`; `left_out` keeps those that are `held_out` by this share."""
    drawn: list[Record] = []
    for source in sources:
        records = read_records(source, group)
        if left_out is not None:
            records = [record for record in records if held_out(record.path.name, left_out)]
        drawn += [records[index] for index in draw(len(records), limit, seed)]
    return drawn

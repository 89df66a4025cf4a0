"""Examples from data folders and COCO files, for the command line: which masks, by a draw that stays the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sam_backend.data.records import Record, read_records
from sam_backend.tuning.records import Example

AREA_POWER = 0.25
SEED = 3

Drawn = tuple[Record, tuple[int, ...]]


def drawn_records(sources: Sequence[Path], each: int, most: int | None) -> list[Drawn]:
    """Images in a drawn order, up to `each` masks of every one (drawn by area, as in measuring), `most` in all.

    Raises:
        ValueError: a source that cannot be read; fewer than one mask wanted.
    """
    if each < 1 or (most is not None and most < 1):
        raise ValueError("At least one mask per image, and one in all, must be wanted.")
    records = [record for source in sources for record in read_records(source)]
    found: list[Drawn] = []
    left = most if most is not None else sum(len(record.counts) for record in records)
    for index in np.random.default_rng(SEED).permutation(len(records)):
        if left <= 0:
            break
        record = records[index]
        chosen = masks_in_order(record)[: min(each, left)]
        left -= len(chosen)
        found.append((record, chosen))
    return found


def masks_in_order(record: Record) -> tuple[int, ...]:
    """All masks of an image in the order in which they are drawn."""
    weights = np.asarray(record.areas) ** AREA_POWER
    rng = np.random.default_rng([SEED, *record.path.name.encode()])
    return tuple(rng.choice(len(weights), len(weights), replace=False, p=weights / weights.sum()).tolist())


def as_example(record: Record, chosen: Sequence[int], blob: Path) -> Example:
    """The image with these of its masks; its embedding lies in the file `blob`."""
    key = f"{record.set}/{record.path.name}"
    size = [record.height, record.width]
    return Example(key, key, blob.read_bytes, tuple({"size": size, "counts": record.counts[i]} for i in chosen))

"""For the formats that give each pixel to one object: who lies on top, and what is lost below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import Report, WriteOptions, with_progress
from export.rle import area, decode

Owners = NDArray[np.int32]


def by_image(dataset: Dataset, options: WriteOptions) -> Iterator[tuple[ImageRecord, list[Instance]]]:
    """Each image with its instances, also images that have none. Instances must come in the order of their images."""
    groups = groupby(with_progress(dataset, options), key=lambda instance: instance.image_id)
    pending = next(groups, None)
    for image in dataset.images:
        if pending is not None and pending[0] == image.id:
            found = list(pending[1])
            pending = next(groups, None)
            yield image, found
        else:
            yield image, []
    for _ in groups:  # so that the progress reaches its end
        pass


def paint(image: ImageRecord, instances: Sequence[Instance], report: Report) -> tuple[Owners, list[Instance]]:
    """Number each pixel by the topmost instance: 0 is background, n the n-th of the returned list.

    The rule: higher `z_order` lies on top, then the higher id. Covered pixels are reported; instances that are covered
    wholly are left out."""
    owners: Owners = np.zeros((image.height, image.width), dtype=np.int32)
    ordered = sorted(instances, key=lambda instance: (instance.z_order, instance.id))
    for number, instance in enumerate(ordered, start=1):
        owners[decode(instance.rle)] = number
    visible = np.bincount(owners.ravel(), minlength=len(ordered) + 1)
    kept: list[Instance] = []
    numbers = np.zeros(len(ordered) + 1, dtype=np.int32)
    for number, instance in enumerate(ordered, start=1):
        hidden = area(instance.rle) - int(visible[number])
        if hidden:
            report.lose("covered", instance, f"{hidden} of its {area(instance.rle)} pixels lie under other objects.")
        if visible[number]:
            kept.append(instance)
            numbers[number] = len(kept)
    return numbers[owners], kept

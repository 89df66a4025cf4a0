"""For the formats that give each pixel to one object: who lies on top, and what is lost below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export import crops
from export.crops import cut
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import COVERED, UNLABELLED, Report, WriteOptions, with_progress
from export.reading import Place
from export.regions import regions
from export.rle import Mask, Rle, RleError, area

Owners = NDArray[np.int32]
RULES = {
    "unlabelled": UNLABELLED,
    "overlap": COVERED,
    "attributes": "Attributes are left out.",
    "scores": "Scores are left out.",
    "prompts": "The points and the crop are left out.",
    "boxes": "A box is painted as an object that fills it.",
    "crowds": "A crowd is written as any other object.",
    "tags": "Tags of images are left out.",
}
"""What gets lost where an image is painted with numbers and nothing is said of an object beside them."""


def by_image(dataset: Dataset, options: WriteOptions) -> Iterator[tuple[ImageRecord, list[Instance]]]:
    """Each image with its instances, also images that have none. Instances must come in the order of their images.

    Raises RleError for a mask that is not of its image's size."""
    groups = groupby(with_progress(dataset, options), key=lambda instance: instance.image_id)
    pending = next(groups, None)
    for image in dataset.images:
        if pending is not None and pending[0] == image.id:
            found = [_of_size(item, image) for item in pending[1]]
            pending = next(groups, None)
            yield image, found
        else:
            yield image, []
    for _ in groups:  # so that the progress reaches its end
        pass


def _of_size(item: Instance, image: ImageRecord) -> Instance:
    if item.rle.size != (image.height, image.width):
        height, width = item.rle.size
        raise RleError(f"The mask of {item.id} is {width} x {height}, its image {image.width} x {image.height}.")
    return item


def paint(image: ImageRecord, instances: Sequence[Instance], report: Report) -> tuple[Owners, list[Instance]]:
    """Number each pixel by the topmost instance: 0 is background, n the n-th of the returned list.

    The rule: higher `z_order` lies on top, then the higher id. Covered pixels are reported; instances that are covered
    wholly are left out."""
    owners: Owners = np.zeros((image.height, image.width), dtype=np.int32)
    ordered = sorted(instances, key=lambda instance: (instance.z_order, instance.id))
    for number, instance in enumerate(ordered, start=1):
        part, x, y = cut(instance.rle)
        owners[y : y + part.shape[0], x : x + part.shape[1]][part] = number
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


def replay_map(numbers: NDArray[Any], ids: Sequence[int]) -> Iterator[tuple[int, Rle]]:
    """The objects of a painted map [h, w] with their visible masks, in the order of ids. `ids` says which object each
    of the map's numbers is, lowest number first; 0 is nobody. Raises ValueError when there are more or fewer."""
    named = [(key, mask) for key, (_, mask) in zip(ids, regions(numbers), strict=True) if key]
    yield from sorted(named, key=itemgetter(0))


def of_number(numbers: NDArray[Any], number: int) -> tuple[Mask, int, int]:
    """Where a label map [h, w] has a number: bool [h, w] of its box, and the box's corner (x, y)."""
    where = numbers == number
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    y, x = int(rows[0]), int(columns[0])
    return where[y : int(rows[-1]) + 1, x : int(columns[-1]) + 1], x, y


def mask_at(numbers: NDArray[Any], number: int, place: Place) -> Rle:
    """Where a label map [h, w] has a number, as a mask of its image."""
    part, x, y = of_number(numbers, number)
    return crops.place(part, x, y, place.height, place.width)

"""Objects of a data set while it grows and once it is whole: on disk beyond some megabytes, a few numbers each in
memory, so that a data set of any size can be read, checked and written anew."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, overload

import numpy as np

from export.dataset import Instance
from export.rle import Rle

KEPT_IN_MEMORY = 1 << 23
_PICKLED = pickle.HIGHEST_PROTOCOL


class Shelf(Sequence[Instance]):
    """Objects in the order of their images, in that of their coming on each. Read only once `arrange` was called; until
    then `add` takes them in. What is on disk is written and read by this object alone."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115  # closes itself when nobody holds it
        self._starts, self._images, self._end = array("q"), array("l"), 0
        self._labels: Sequence[int] = ()
        self._ids: Sequence[int] = ()
        self._image_ids: Sequence[int] = ()
        self._places: dict[int, int] = {}

    def add(self, image: int, label: int | None, mask: Rle, more: dict[str, Any]) -> None:
        """Puts an object on the image of that index, with a label by index."""
        self._file.seek(self._end)
        self._starts.append(self._end)
        self._images.append(image)
        self._end += self._file.write(pickle.dumps((label, mask.size, mask.counts, more), _PICKLED))

    def arrange(self, ids: Sequence[int], image_ids: Sequence[int], label_ids: Sequence[int]) -> None:
        """Puts all in order; the numbers are those of the objects as they came, of the images and of the labels."""
        images = np.frombuffer(self._images, dtype=np.dtype("l")) if self._images else np.zeros(0, dtype=np.int64)
        self._order = np.argsort(images, kind="stable")
        self._bounds = np.searchsorted(images[self._order], np.arange(len(image_ids) + 1))
        self._ids, self._image_ids, self._labels = ids, image_ids, label_ids
        self._places = {number: index for index, number in enumerate(image_ids)}

    def of(self, image_id: int) -> Iterator[Instance]:
        """The objects of one image."""
        index = self._places[image_id]
        return map(self._at, self._order[self._bounds[index] : self._bounds[index + 1]].tolist())

    def count(self, image_id: Any) -> int:
        """How many objects an image has."""
        index = self._places[image_id]
        return int(self._bounds[index + 1] - self._bounds[index])

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Instance]:
        for start in range(0, len(self._order), 4096):
            yield from map(self._at, self._order[start : start + 4096].tolist())

    @overload
    def __getitem__(self, place: int) -> Instance: ...

    @overload
    def __getitem__(self, place: slice) -> list[Instance]: ...

    def __getitem__(self, place: int | slice) -> Instance | list[Instance]:
        if isinstance(place, slice):
            return [self._at(at) for at in self._order[place].tolist()]
        return self._at(int(self._order[place]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return id(self)

    def _at(self, at: int) -> Instance:
        self._file.seek(self._starts[at])
        label, size, counts, more = pickle.load(self._file)
        category = None if label is None else self._labels[label]
        return Instance(self._ids[at], self._image_ids[self._images[at]], category, Rle(size, counts), **more)

"""A data set that grows while a file is read, whatever numbers the file has.

Numbers that files give are kept where they are whole, from 1, and nobody else's; where a file counts from 0, all of
that kind move up by one; what has no number, or a second file's that is taken, gets the next one free.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from export.archive import ArchiveError, check_path
from export.dataset import Category, Dataset, ImageRecord
from export.idset import IdSet
from export.names import safe_name
from export.reading.fields import text
from export.reading.shelf import Shelf
from export.rle import MAX_PIXELS, Rle, RleError, area, check_text

GREY = "#888888"


@dataclass(frozen=True, slots=True)
class Place:
    """An image that objects can be added to."""

    index: int
    height: int
    width: int


class Builder:
    """Takes images, labels and objects in; `dataset` gives them out in the order of the images. Objects lie on
    disk where they are many."""

    def __init__(self) -> None:
        self._images: list[ImageRecord] = []
        self._categories: list[Category] = []
        self._instances, self._given = Shelf(), array("q")
        self._names: set[str] = set()
        self._labels: dict[str, int] = {}

    def image(
        self, name: object, width: int, height: int, *, number: int | None = None, tags: Iterable[str] = (), **more: Any
    ) -> Place:
        """Adds an image. Raises ValueError when its name is taken, or its size is none."""
        path = safe_path(text(name, "The image's name"))
        if width < 1 or height < 1 or width * height > MAX_PIXELS:
            raise ValueError(f"{width} x {height} is no size of a picture that can be held.")
        if path.casefold() in self._names:
            raise ValueError(f"There is another image named {path!r}.")
        _check_number(number)
        self._names.add(path.casefold())
        self._images.append(ImageRecord(_given(number), path, width, height, tags=tuple(tags), **more))
        return Place(len(self._images) - 1, height, width)

    def label(self, name: object, *, number: int | None = None, color: str = GREY, supercategory: str = "") -> int:
        """The label of that name, which is added where it is new. Raises ValueError for no name."""
        known = text(name, "The label's name")
        if known not in self._labels:
            _check_number(number)
            self._labels[known] = len(self._categories)
            self._categories.append(Category(_given(number), known, color, supercategory))
        return self._labels[known]

    def add(self, place: Place, label: int | None, mask: Rle, *, number: int | None = None, **more: Any) -> None:
        """Adds an object. Raises ValueError for a mask that is empty, of another size, or too ragged to be held."""
        if mask.size != (place.height, place.width):
            raise RleError(f"The mask is {mask.size[1]} x {mask.size[0]}, the image {place.width} x {place.height}.")
        if area(mask) == 0:
            raise RleError("The mask has no pixel.")
        check_text(mask.counts)
        _check_number(number)
        self._instances.add(place.index, label, mask, more)
        self._given.append(_given(number))

    def dataset(self, name: str = "", **more: Any) -> Dataset:
        """Everything that was added."""
        images = _numbers([image.id for image in self._images])
        categories = _numbers([category.id for category in self._categories])
        self._instances.arrange(_numbers(self._given), images, categories)
        return Dataset(
            name,
            tuple(replace(image, id=images[place]) for place, image in enumerate(self._images)),
            tuple(replace(category, id=categories[place]) for place, category in enumerate(self._categories)),
            self._instances,
            **more,
        )


def safe_path(name: str) -> str:
    """A name from somebody's file as a path inside a data set: of one that leads elsewhere, only its last part stays.

    Raises ValueError when nothing of it can be used."""
    path = name.replace("\\", "/").removeprefix("./")
    try:
        check_path(path)
    except ArchiveError:
        last = path.rstrip("/").rpartition("/")[2]
        if last in {"", ".", ".."}:
            raise ValueError(f"{name[:60]!r} is no name of an image.") from None
        path = safe_name(last, "image")
    return path


_ANY = -1


def _given(number: int | None) -> int:
    return _ANY if number is None else number


def _check_number(number: int | None) -> None:
    if number is not None and number < 0:
        raise ValueError(f"The id {number} is negative.")


def _numbers(given: Sequence[int]) -> array[int]:
    """The final number of each, from the number it was given or `_ANY`."""
    shift = 1 if 0 in given else 0
    taken = IdSet()
    result = array("q")
    for number in given:
        final = _ANY if number == _ANY or number + shift in taken else number + shift
        result.append(final)
        if final != _ANY:
            taken.add(final)
    following = max(0, max(result, default=0))
    for place, final in enumerate(result):
        if final == _ANY:
            following += 1
            result[place] = following
    return result

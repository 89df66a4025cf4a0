"""An annotated data set as plain, frozen values: what every format is written from.

Ids are whole numbers from 1, unique per kind. An image's pixel frame is the image after EXIF rotation, origin at
the top-left corner of the top-left pixel. Images and instances may be any sized collection that can be walked more
than once, so a data set larger than memory can be streamed from a file or a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from export.rle import Rle

T_co = TypeVar("T_co", covariant=True)


class Source(Protocol[T_co]):
    """A sized collection that gives the same items in the same order each time it is walked; a tuple is one."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[T_co]: ...


@dataclass(frozen=True, slots=True)
class Category:
    """A label. `name` is written to files as it is; `color` is "#rrggbb"."""

    id: int
    name: str
    color: str = "#888888"
    supercategory: str = ""


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image. `file_name` is its path inside an archive: relative, folders joined by "/", unique in the data
    set, extension included."""

    id: int
    file_name: str
    width: int
    height: int
    sha256: str = ""
    key: str = ""
    """The image's own id where it comes from (a UUID); kept in files as `maskwright_id`."""
    split: str = ""
    """Which part of a divided data set it is in ("train", "val", ...); empty where nothing is divided."""
    tags: tuple[str, ...] = ()
    """What is said of the image as a whole."""
    path: str = field(default="", compare=False)
    """Where its file lies in what the data set was read from; empty where it is not there."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One object: one mask, however many parts it has. `category_id` is None while nobody has named it."""

    id: int
    image_id: int
    category_id: int | None
    rle: Rle
    z_order: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    stage: str = ""
    suggested: bool = False
    """A machine proposed it and nobody has judged it."""
    predicted_iou: float | None = None
    stability_score: float | None = None
    point_coords: tuple[tuple[float, float], ...] = ()
    crop_box: tuple[int, int, int, int] | None = None
    key: str = ""
    is_box: bool = False
    """Only its box is known; the mask is that box, filled."""
    is_crowd: bool = False
    """A group of things nobody told apart, which COCO's evaluation takes as one region to ignore."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything a format needs. `created` is an ISO 8601 time; `provenance` goes into the manifest as it is."""

    name: str
    images: Source[ImageRecord]
    categories: Source[Category]
    instances: Source[Instance]
    description: str = ""
    created: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)

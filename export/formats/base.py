"""What every format offers and what it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.rle import Rle, area

Segmentation = Literal["rle", "uncompressed", "auto", "polygons"]
Progress = Callable[[float], None]
ReadImage = Callable[[ImageRecord], Iterable[bytes]]

KEPT_LOSSES = 200
"""Losses listed one by one; all of them are counted."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write. `read_image` gives a picture's file, or None to leave pictures out.

    `progress` is told the share done (0..1) now and then; whatever it raises stops the writing."""

    segmentation: Segmentation = "rle"
    read_image: ReadImage | None = None
    progress: Progress = lambda share: None


DEFAULT = WriteOptions()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something the file does not hold as the data set does."""

    kind: str
    instance_id: int
    image_id: int
    message: str


@dataclass(slots=True)
class Report:
    """What was written, and every difference to the data set: an empty `losses` means none at all."""

    images: int = 0
    instances: int = 0
    categories: int = 0
    losses: list[Loss] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    altered: set[int] = field(default_factory=set)
    """Ids of the instances that have a loss."""

    def lose(self, kind: str, instance: Instance, message: str) -> None:
        """Notes a loss."""
        self.lost[kind] += 1
        self.altered.add(instance.id)
        if len(self.losses) < KEPT_LOSSES:
            self.losses.append(Loss(kind, instance.id, instance.image_id, message))

    def to_json(self) -> dict[str, Any]:
        """For the manifest."""
        listed = [
            {"kind": loss.kind, "annotation": loss.instance_id, "image": loss.image_id, "message": loss.message}
            for loss in self.losses
        ]
        counts = {"images": self.images, "annotations": self.instances, "categories": self.categories}
        return {"counts": counts, "lost": dict(sorted(self.lost.items())), "losses": listed}


class Writer(Protocol):
    """Writes a data set into an archive."""

    def __call__(self, dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = ...) -> Report: ...


class Reader(Protocol):
    """Reads an archive: the data set and the problems met, a sentence each. Never raises for what a file holds."""

    def __call__(self, archive: ArchiveReader) -> tuple[Dataset, list[str]]: ...


class Replay(Protocol):
    """Decodes an archive this library wrote: each instance's id and mask, in order, as a stream. A proof is made of it:
    what comes out is compared with what went in. Raises ArchiveError or RleError when the file is not what it was."""

    def __call__(self, archive: ArchiveReader) -> Iterator[tuple[int, Rle]]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """An entry of the registry."""

    name: str
    title: str
    description: str
    write: Writer
    replay: Replay
    read: Reader | None = None


def with_progress(dataset: Dataset, options: WriteOptions) -> Iterator[Instance]:
    """The data set's instances; tells the progress about a hundred times."""
    total = max(1, len(dataset.instances))
    step = max(1, total // 100)
    share = 0.5 if options.read_image else 1.0
    for done, instance in enumerate(dataset.instances):
        if done % step == 0:
            options.progress(share * done / total)
        yield instance
    options.progress(share)


def add_images(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions, folder: str) -> None:
    """Copies the pictures, byte for byte, when they are asked for."""
    if options.read_image is None:
        return
    total = max(1, len(dataset.images))
    for done, image in enumerate(dataset.images):
        options.progress(0.5 + 0.5 * done / total)
        archive.add(f"{folder}/{image.file_name}", options.read_image(image))
    options.progress(1.0)


def is_writable(instance: Instance, report: Report, *, needs_category: bool = True) -> bool:
    """Whether the object can be written at all; otherwise the loss is noted."""
    if area(instance.rle) == 0:
        report.lose("empty", instance, "The mask has no pixel, so it is left out.")
        return False
    if needs_category and instance.category_id is None:
        report.lose("unlabelled", instance, "The object has no label, so it is left out.")
        return False
    return True

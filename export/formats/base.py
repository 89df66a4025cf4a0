"""What every format offers and what it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any, Literal, Protocol

from export.archive import ArchiveReader, ArchiveWriter
from export.batches import measured
from export.dataset import Dataset, ImageRecord, Instance, Source
from export.files import Files
from export.idset import IdSet
from export.names import safe_name, unique_stems
from export.reading import Problem
from export.rle import Rle, area

Segmentation = Literal["rle", "uncompressed", "auto", "polygons"]
Progress = Callable[[float], None]
ReadImage = Callable[[ImageRecord], Iterable[bytes]]

KEPT_LOSSES = 200
"""Losses listed one by one; all of them are counted."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write. `read_image` gives an image's file, or None to leave images out.

    `progress` is told the share done (0..1) now and then; whatever it raises stops the writing."""

    segmentation: Segmentation = "rle"
    read_image: ReadImage | None = None
    progress: Progress = lambda share: None


DEFAULT = WriteOptions()

ASPECTS: dict[str, str] = {
    "objects": "several objects of a label",
    "masks": "masks that do not fill their box",
    "labels": "labels",
    "overlap": "pixels of several objects",
    "parts": "objects of several parts",
    "holes": "holes",
    "unlabelled": "objects without label",
    "attributes": "attributes of objects",
    "scores": "predicted IoU and stability",
    "prompts": "the points and crop a mask came from",
    "boxes": "that only a box is known",
    "crowds": "that an object is a crowd",
    "stacking": "which object lies on top",
    "tags": "tags of images",
    "splits": "train, val and test",
    "ids": "numbers of objects and images",
}
"""What a data set can have and a format may not hold; what happens instead, each format says in `Format.rules`."""
PIXELS = ("objects", "masks", "labels", "overlap", "parts", "holes")
IMAGE_ASPECTS = frozenset({"tags", "splits"})
_FIELDS = {"tags": "tags", "splits": "split"}
_HAS: dict[str, Callable[[Instance], bool]] = {
    "attributes": lambda item: bool(item.attributes),
    "scores": lambda item: item.predicted_iou is not None or item.stability_score is not None,
    "prompts": lambda item: bool(item.point_coords) or item.crop_box is not None,
    "boxes": lambda item: item.is_box,
    "crowds": lambda item: item.is_crowd,
}


@dataclass(frozen=True, slots=True)
class Loss:
    """Something the file does not hold as the data set does."""

    kind: str
    instance_id: int
    image_id: int
    message: str


@dataclass(slots=True)
class Report:
    """What was written, and every difference to the data set: an empty `losses` means none at all.

    `rules` are the format's: what is noted of every object and image that has something the format cannot hold."""

    rules: Mapping[str, str] = field(default_factory=dict)
    images: int = 0
    instances: int = 0
    categories: int = 0
    losses: list[Loss] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    altered: IdSet = field(default_factory=IdSet)
    """Ids of the instances whose pixels are others in the file, or that are not in it."""
    _top: tuple[int, int] = (0, 0)
    """The image and the stacking order of the object before."""

    def lose(self, kind: str, instance: Instance, message: str) -> None:
        """Notes that an object is left out or has other pixels."""
        self.altered.add(instance.id)
        self._note(kind, instance.id, instance.image_id, message)

    def add_image(self, image: ImageRecord) -> None:
        """Counts an image, and what of it the format cannot hold."""
        self.images += 1
        for kind in IMAGE_ASPECTS & self.rules.keys():
            if getattr(image, _FIELDS[kind]):
                self._note(kind, 0, image.id, self.rules[kind])

    def check(self, instance: Instance) -> None:
        """Notes what the format cannot hold of an object that is about to be written, its pixels apart."""
        for kind, has in _HAS.items():
            if kind in self.rules and has(instance):
                self._note(kind, instance.id, instance.image_id, self.rules[kind])
        if "stacking" in self.rules and instance.z_order < self._below(instance):
            self._note("stacking", instance.id, instance.image_id, self.rules["stacking"])
        self._top = (instance.image_id, instance.z_order)

    def _below(self, instance: Instance) -> int:
        return self._top[1] if self._top[0] == instance.image_id else instance.z_order

    def _note(self, kind: str, instance_id: int, image_id: int, message: str) -> None:
        self.lost[kind] += 1
        if len(self.losses) < KEPT_LOSSES:
            self.losses.append(Loss(kind, instance_id, image_id, message))

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
    """Reads files: the data set, and what could not be taken over. Never raises for what a file holds: an object is in
    the data set as the file has it, or it is among the problems."""

    def __call__(self, files: Files) -> tuple[Dataset, list[Problem]]: ...


class Replay(Protocol):
    """Decodes an archive this library wrote: each instance's id and mask, in order, as a stream. A proof is made of it:
    what comes out is compared with what went in. Raises ArchiveError or RleError when the file is not what it was."""

    def __call__(self, archive: ArchiveReader) -> Iterator[tuple[int, Rle]]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """An entry of the registry.

    `rules` says for each of `ASPECTS` that gets lost what is done instead; `own` names those that are kept, but only in
    fields that other tools do not know."""

    name: str
    title: str
    description: str
    write: Writer
    replay: Replay
    read: Reader | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    lists_labels: bool = True
    """Labels that no object has come back, too."""
    needs: tuple[str, str] = ("", "")
    """A module that this format needs and that is not always installed, and the extra that brings it."""

    def lack(self) -> str:
        """A sentence where that module is not installed here, else nothing."""
        module, extra = self.needs
        if not module or find_spec(module) is not None:
            return ""
        return f"{self.title} needs {module}, which is not installed here: pip install 'maskwright[{extra}]' brings it."

    def losses(self) -> str:
        """What the format does not hold, for people who choose one; empty where it holds everything."""
        pixels = [rule for kind, rule in self.rules.items() if kind in PIXELS]
        details = [ASPECTS[kind] for kind in ASPECTS if kind in self.rules and kind not in {*PIXELS, "unlabelled"}]
        left_out = [f"Left out: {', '.join(details)}."] if details else []
        return " ".join([*dict.fromkeys(pixels), *left_out])


def with_progress(dataset: Dataset, options: WriteOptions) -> Iterator[Instance]:
    """The data set's instances, their masks checked and measured; tells the progress about a hundred times. Raises
    RleError for a mask that cannot be trusted."""
    total = max(1, len(dataset.instances))
    step = max(1, total // 100)
    share = 0.5 if options.read_image else 1.0
    for done, instance in enumerate(measured(dataset.instances)):
        if done % step == 0:
            options.progress(share * done / total)
        yield instance
    options.progress(share)


def stems_of(dataset: Dataset) -> dict[int, str]:
    """What the files that stand for an image are called before their extension, by the image's id."""
    images = list(dataset.images)
    stems = unique_stems(image.file_name for image in images)
    return {image.id: stem for image, stem in zip(images, stems, strict=True)}


def image_name(image: ImageRecord, stem: str) -> str:
    """The image's own file beside files of that stem."""
    return stem + PurePosixPath(image.file_name).suffix


def add_images(
    dataset: Dataset, archive: ArchiveWriter, options: WriteOptions, path_of: Callable[[ImageRecord], str]
) -> None:
    """Copies the images, byte for byte, when they are asked for, each to the path that `path_of` gives it."""
    if options.read_image is None:
        return
    total = max(1, len(dataset.images))
    for done, image in enumerate(dataset.images):
        options.progress(0.5 + 0.5 * done / total)
        archive.add(path_of(image), options.read_image(image))
    options.progress(1.0)


def splits_of(dataset: Dataset) -> list[str]:
    """The splits of a data set in the order they are met; one that is empty where nothing is divided."""
    return list(dict.fromkeys(image.split for image in dataset.images)) or [""]


def folder_of(split: str, undivided: str = "default") -> str:
    """A split's name as part of a path."""
    return safe_name(split, "split") if split else undivided


def beside(folder: str, stems: Mapping[int, str]) -> Callable[[ImageRecord], str]:
    """Paths of images in a folder, called as the files are that stand for them."""
    return lambda image: f"{folder}/{image_name(image, stems[image.id])}"


def within(dataset: Dataset, split: str) -> Dataset:
    """One split of a data set, its objects walked as a stream."""
    images = tuple(image for image in dataset.images if image.split == split)
    return replace(
        dataset, images=images, instances=_Chosen(dataset.instances, frozenset(image.id for image in images))
    )


class _Chosen:
    """The instances of some images."""

    def __init__(self, instances: Source[Instance], images: frozenset[int]) -> None:
        self._all, self._images = instances, images

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Instance]:
        return (instance for instance in self._all if instance.image_id in self._images)


def is_writable(instance: Instance, report: Report, *, needs_category: bool = True) -> bool:
    """Whether the object can be written at all; otherwise the loss is noted."""
    if area(instance.rle) == 0:
        report.lose("empty", instance, "The mask has no pixel, so it is left out.")
        return False
    if needs_category and instance.category_id is None:
        report.lose("unlabelled", instance, "The object has no label, so it is left out.")
        return False
    report.check(instance)
    return True


UNLABELLED = "An object without label is left out."
COVERED = "A pixel belongs to the object on top: higher z_order, then the higher id."
"""Rules that several formats share."""

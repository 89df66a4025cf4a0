"""Reads Cityscapes: *_instanceIds.png where there is one, else *_labelIds.png, of gtFine or gtCoarse.

- Values of 1000 and more are an object of the class value // 1000; smaller ones are all of a class that nobody told
  apart: a crowd, where the class has objects elsewhere, and else one region.
- Numbers are Cityscapes' own unless classes.json names others.
"""

from __future__ import annotations

import re

import numpy as np

from export.dataset import Dataset
from export.files import Files
from export.formats.index import Entry, read_index
from export.formats.label_maps import class_of, read_classes, with_ids
from export.formats.painting import mask_at
from export.reading import Builder, Problem, Problems
from export.reading.label_maps import read_numbers
from export.reading.pictures import Pictures

LABELS, INSTANCES, IMAGES = "labelIds", "instanceIds", "leftImg8bit"
NAMES = (
    "unlabeled", "ego vehicle", "rectification border", "out of roi", "static", "dynamic", "ground", "road", "sidewalk",
    "parking", "rail track", "building", "wall", "fence", "guard rail", "bridge", "tunnel", "pole", "polegroup",
    "traffic light", "traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus",
    "caravan", "trailer", "train", "motorcycle", "bicycle",
)  # fmt: skip
NUMBERS = {name: number for number, name in enumerate(NAMES) if number}
"""Cityscapes' own numbers; 0 is background."""
THINGS = range(24, len(NAMES))
"""Classes whose objects are told apart."""
_LABEL_MAP = re.compile(r"(?:^|/)(gtFine|gtCoarse)/(?:([^/]+)/)?(?:(.+)/)?([^/]+)_\1_labelIds\.png$")


def read_cityscapes(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder = Problems(), Builder()
    labels, index = read_classes(files, builder, problems), read_index(files, problems)
    pictures = Pictures(files, without=("/gtFine/", "/gtCoarse/"))
    maps = {path: match for path in files.paths() if (match := _LABEL_MAP.search(f"/{path}"))}
    for path in dict.fromkeys([*(path for path in index if path in maps), *sorted(maps)]):
        with problems.of(path):
            split, folder, stem = maps[path][2] or "", maps[path][3] or "", maps[path][4]
            reader = _Image(path, split, f"{folder}/{stem}".lstrip("/"), index.get(path), labels)
            reader.read(files, builder, pictures, problems)
    if not maps:
        problems.add("", "", "There are no Cityscapes files: no gtFine/**/*_labelIds.png.")
    return builder.dataset(), problems.listed()


class _Image:
    """One image's label maps."""

    def __init__(self, path: str, split: str, stem: str, entry: Entry | None, labels: dict[int, int]) -> None:
        self._path, self._split, self._stem = path, split, stem
        self._entry, self._labels = entry, labels

    def read(self, files: Files, builder: Builder, pictures: Pictures, problems: Problems) -> None:
        """The image and its objects."""
        objects = self._path.replace(LABELS, INSTANCES)
        values = read_numbers(files, objects if objects in files.paths() else self._path)
        height, width = values.shape
        picture = pictures.find_stem(f"{self._stem}_{IMAGES}", near=self._split)
        pictures.size_of(picture, (height, width))
        entry = self._entry
        about = {"number": entry.image, "split": entry.split} if entry else {"split": self._split}
        name = entry.file_name if entry else f"{self._stem}_{IMAGES}.png"
        place = builder.image(name, width, height, path=picture, **about)
        there = [int(value) for value in np.unique(values) if value]
        for key, value in with_ids(there, entry):
            with problems.of(self._path, f"value {value}"):
                label = self._label(value if value < 1000 else value // 1000, builder)
                crowd = value < 1000 and (bool(self._labels) or value in THINGS)
                builder.add(place, label, mask_at(values, value, place), number=key, is_crowd=crowd)

    def _label(self, number: int, builder: Builder) -> int:
        if self._labels:
            return class_of(number, self._labels)
        if number >= len(NAMES):
            raise ValueError(f"Cityscapes has no class {number}.")
        return builder.label(NAMES[number], number=number)

"""Reads MOTS PNG: instances/<sequence>/<frame>.png, whose pixels are class x 1000 + number.

- The objects of a sequence that have one value are one track: it becomes their `track_id`, counted from 1 over all
  sequences, unless tracks.json says which it was.
- Without classes.json 1 is a car and 2 a pedestrian, as in KITTI MOTS and MOTSChallenge.
- 10000 means to ignore, unless classes.json has a class 10.
"""

from __future__ import annotations

import numpy as np

from export.dataset import Dataset
from export.files import Files
from export.formats.index import Entry, read_index
from export.formats.label_maps import add_image, class_of, maps_in, read_classes, with_ids
from export.formats.own import TRACK
from export.formats.painting import mask_at
from export.reading import Builder, Problem, Problems
from export.reading.fields import mapping, whole
from export.reading.label_maps import read_numbers
from export.reading.pictures import Pictures

FOLDER, TRACKS = "instances", "tracks.json"
STEP = 1000
IGNORE = 10_000
NAMES = {1: "car", 2: "pedestrian"}


def read_mots(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder = Problems(), Builder()
    labels, index = read_classes(files, builder, problems), read_index(files, problems)
    pictures = Pictures(files, without=(f"/{FOLDER}/",))
    tracks = _Tracks(_given(files, problems))
    maps = maps_in(files, FOLDER, index)
    for frame, path in maps:
        with problems.of(path):
            _Frame(path, frame, index.get(frame), labels, tracks).read(files, builder, pictures, problems)
    if not maps:
        problems.add("", "", f"There are no label maps of objects: no {FOLDER}/**/*.png.")
    return builder.dataset(), problems.listed()


def _given(files: Files, problems: Problems) -> dict[str, dict[int, int]] | None:
    """The tracks of tracks.json by sequence and pixel value; None without such a file."""
    if TRACKS not in files.paths():
        return None
    given: dict[str, dict[int, int]] = {}
    with problems.of(TRACKS):
        for sequence, raw in mapping(files.json(TRACKS), TRACKS).items():
            given[sequence] = {int(value): whole(track) for value, track in mapping(raw, sequence).items()}
    return given


class _Tracks:
    """Which track a value stands for in a sequence."""

    def __init__(self, given: dict[str, dict[int, int]] | None) -> None:
        self._given = given
        self._counted: dict[tuple[str, int], int] = {}

    def of(self, sequence: str, value: int) -> int | None:
        """The track's number; None where it is known that the object is in none."""
        if self._given is not None:
            return self._given.get(sequence, {}).get(value)
        return self._counted.setdefault((sequence, value), len(self._counted) + 1)


class _Frame:
    """One frame's label map."""

    def __init__(self, path: str, frame: str, entry: Entry | None, labels: dict[int, int], tracks: _Tracks) -> None:
        self._path, self._frame, self._entry = path, frame, entry
        self._labels, self._tracks = labels, tracks

    def read(self, files: Files, builder: Builder, pictures: Pictures, problems: Problems) -> None:
        """The image and its objects."""
        values = read_numbers(files, self._path)
        size = (values.shape[0], values.shape[1])
        place = add_image(self._frame, size, self._entry, builder, pictures, whole=True)
        there = [int(value) for value in np.unique(values) if value and not self._ignored(int(value))]
        for key, value in with_ids(there, self._entry):
            with problems.of(self._path, f"value {value}"):
                label = self._label(value // STEP, builder)
                track = self._tracks.of(self._frame.rpartition("/")[0], value)
                about = {} if track is None else {TRACK: track}
                builder.add(place, label, mask_at(values, value, place), number=key, attributes=about)

    def _ignored(self, value: int) -> bool:
        return value == IGNORE and IGNORE // STEP not in self._labels

    def _label(self, number: int, builder: Builder) -> int:
        if self._labels:
            return class_of(number, self._labels)
        if number not in NAMES:
            raise ValueError(f"There is no class {number}: MOTS has {' and '.join(NAMES.values())}, 1 and 2.")
        return builder.label(NAMES[number], number=number)

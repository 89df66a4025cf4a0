"""MOTS PNG: instances/<sequence>/<frame>.png, a grey PNG of 16 bits whose pixels are class x 1000 + number, as in KITTI
MOTS and MOTSChallenge.

- A number is the same on all frames of a sequence for the objects of one track (`track_id`); they count from 1 in the
  order in which they appear, and tracks.json tells which track each stands for. Objects without one are numbered from
  999 downwards, each anew on every frame; once these have run out they come again.
- A sequence is the images of one folder and of one name before its last digits (`clip_000001.jpg`: `clip`); its frames
  count from 0 in the order of the data set. Where nothing else names it, it is `0000`.
- Classes count from 1 by place, classes.json names them; 64 have room, and 999 tracks of each in a sequence. 10000,
  which means to ignore, is never written: no number is 0.
- A pixel belongs to one object: higher `z_order` lies on top, then the higher id.
- Splits are folders: instances/<split>/<sequence>/<frame>.png. Beyond the standard: objects.json, for the way back.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, folder_of, is_writable, stems_of
from export.formats.index import Index, replayed
from export.formats.label_maps import CLASSES, class_list, has_room, image_path
from export.formats.mots_reader import FOLDER, STEP, TRACKS, read_mots
from export.formats.own import TRACK, whole_track
from export.formats.painting import RULES, by_image, paint, replay_map
from export.png import decode, encode_gray16

MAX_CLASS = 64
MOTS_RULES = RULES | {"attributes": "Attributes are left out, but for the track."}
_LAST_DIGITS = re.compile(r"[\d_.\- ]*$")


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a PNG per image, the classes and tracks, and the images when asked for."""
    report = Report(MOTS_RULES, categories=len(dataset.categories))
    kinds = {one.id: number for number, one in enumerate(dataset.categories, start=1)}
    frames, index = _frames(dataset), Index()
    sequences: dict[str, _Numbers] = defaultdict(_Numbers)
    for image, instances in by_image(dataset, options):
        frame = frames[image.id]
        numbers = sequences[str(PurePosixPath(frame).parent)]
        valued = _valued([item for item in instances if is_writable(_untracked(item), report)], kinds, numbers, report)
        owners, kept = paint(image, [item for item in instances if item.id in valued], report)
        values = [valued[item.id] for item in kept]
        archive.add(f"{FOLDER}/{frame}.png", encode_gray16(np.array([0, *values], dtype=np.uint16)[owners]))
        index.add(frame, image, sorted(kept, key=lambda item: valued[item.id]))
        report.add_image(image)
        report.instances += len(kept)
    archive.add_json(TRACKS, {name: numbers.tracks for name, numbers in sequences.items()})
    archive.add_json(CLASSES, class_list(dataset))
    index.write(archive)
    suffixes = {image.id: PurePosixPath(image.file_name).suffix for image in dataset.images}
    add_images(dataset, archive, options, lambda image: image_path(frames[image.id] + suffixes[image.id], ""))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and visible mask, image by image in the order of ids."""
    for frame, entry in replayed(archive):
        yield from replay_map(decode(b"".join(archive.chunks(f"{FOLDER}/{frame}.png"))), entry.ids)


FORMAT = Format(
    "mots",
    "MOTS PNG",
    "Grey 16-bit PNGs of tracked objects, frame by frame; overlaps are decided.",
    write,
    replay,
    read_mots,
    MOTS_RULES,
    frozenset({"ids"}),
)


@dataclass(slots=True)
class _Numbers:
    """The numbers given so far in a sequence, class by class."""

    tracks: dict[int, int] = field(default_factory=dict)
    """The track of each pixel value that stands for one."""
    _values: dict[tuple[int, int], int] = field(default_factory=dict)
    _tracked: Counter[int] = field(default_factory=Counter)
    _others: Counter[int] = field(default_factory=Counter)

    def value(self, kind: int, track: int | None, taken: set[int]) -> int | None:
        """The pixel value of an object of class `kind`; None where no number is left, `taken` being this frame's."""
        if track is None:
            return self._other(kind, taken)
        if (kind, track) not in self._values:
            if self._tracked[kind] == STEP - 1:
                return None
            self._tracked[kind] += 1
            self._values[kind, track] = kind * STEP + self._tracked[kind]
            self.tracks[self._values[kind, track]] = track
        value = self._values[kind, track]
        return None if value in taken else value

    def _other(self, kind: int, taken: set[int]) -> int | None:
        room = STEP - 1 - self._tracked[kind]
        for _ in range(room):
            value = kind * STEP + STEP - 1 - self._others[kind] % room
            self._others[kind] += 1
            if value not in taken:
                return value
        return None


def _valued(items: list[Instance], kinds: dict[int, int], numbers: _Numbers, report: Report) -> dict[int, int]:
    """The pixel value of each object of a frame that has room, by its id; tracks come first."""
    values: dict[int, int] = {}
    taken: set[int] = set()
    for item in sorted(items, key=lambda item: whole_track(item.attributes) is None):
        kind = kinds[item.category_id or 0]
        if not has_room(item, kind, MAX_CLASS, report):
            continue
        value = numbers.value(kind, whole_track(item.attributes), taken)
        if value is None:
            report.lose("too_many_objects", item, "Its track is on this frame already, or no number is left.")
            continue
        taken.add(value)
        values[item.id] = value
    return values


def _untracked(item: Instance) -> Instance:
    """The object without its track: what else it has, the format cannot hold."""
    if whole_track(item.attributes) is None:
        return item
    return replace(item, attributes={key: value for key, value in item.attributes.items() if key != TRACK})


def _frames(dataset: Dataset) -> dict[int, str]:
    """`<split>/<sequence>/<frame>` of each image, by its id."""
    stems, seen, frames = stems_of(dataset), Counter[str](), dict[int, str]()
    for image in dataset.images:
        sequence = _sequence(image, stems[image.id])
        frames[image.id] = f"{sequence}/{seen[sequence]:06d}"
        seen[sequence] += 1
    return frames


def _sequence(image: ImageRecord, stem: str) -> str:
    place = PurePosixPath(stem)
    name = _LAST_DIGITS.sub("", place.name)
    parts = [*place.parent.parts, *([name] if name else [])] or ["0000"]
    return "/".join([folder_of(image.split), *parts] if image.split else parts)

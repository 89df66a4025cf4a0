"""Reads YOLO label files: boxes (`class cx cy w h`), polygons (`class x1 y1 ...`), either with a score at the end.

- Images are found by their names: `images/` in place of `labels/`, or beside the text file. An image without text file
  has no objects. Without the image its size is known from our objects.json only.
- Names come from data.yaml (any *.yaml with `names`), classes.txt or obj.names; without them classes are numbers.
- The split is the folder after `labels/`, or before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from export import rle
from export.archive import ArchiveError
from export.dataset import Dataset
from export.files import Files
from export.formats.index import Entry, read_index
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import numeral, whole_numeral
from export.reading.pictures import Pictures
from export.reading.shapes import of_box, of_rings
from export.reading.small_yaml import parse

SPLITS = {"train", "val", "valid", "test"}
NAME_FILES = {"classes.txt", "obj.names", "labels.names", "_darknet.labels"}
_OTHER_TEXTS = {"train.txt", "val.txt", "test.txt", "valid.txt", "classes.txt"}


def read_yolo(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    names = _names(files, problems)
    labels = {number: builder.label(name) for number, name in sorted(names.items())}
    index = read_index(files, problems)
    twice = [name for name, count in Counter(map(_name_of, pictures.paths())).items() if count > 1]
    reader = _Labels(files, builder, problems, labels, named=bool(names), twice=frozenset(twice))
    texts = {path: None for path in files.paths() if path.endswith(".txt") and _is_label_file(path)}
    for text, picture, entry in _pairs(texts, pictures, index):
        with problems.of(text or picture):
            reader.read(text, picture, entry, pictures)
    if not texts and not pictures:
        problems.add("", "", "There are no YOLO files: no text files under labels/ and no images.")
    return builder.dataset(), problems.listed()


def rectangle(shares: Sequence[float], height: int, width: int) -> rle.Rle:
    """A box of shares cx, cy, w, h as a mask."""
    x, y, across, down = shares
    if not (across > 0 and down > 0):
        raise ValueError("The box has no width or no height.")
    corner = ((x - across / 2) * width, (y - down / 2) * height)
    return of_box(*corner, across * width, down * height, height, width)


class _Labels:
    """Reads one image's lines after the other."""

    def __init__(
        self,
        files: Files,
        builder: Builder,
        problems: Problems,
        labels: dict[int, int],
        *,
        named: bool,
        twice: frozenset[str],
    ) -> None:
        self._files, self._builder, self._problems = files, builder, problems
        self._labels, self._named, self._twice = labels, named, twice

    def read(self, text: str, picture: str, entry: Entry | None, pictures: Pictures) -> None:
        """One image. Raises ValueError when its size cannot be known, so that nothing on it can be placed."""
        if picture:
            size = pictures.measure(picture)
            width, height = size.width, size.height
        elif entry:
            width, height = entry.width, entry.height
        else:
            raise ValueError("There is no image for this file, so its shares cannot be turned into pixels.")
        lines = self._files.read(text).decode("utf-8-sig").splitlines() if text else []
        lines = [line for line in lines if line.strip()]
        about = {"number": entry.image, "split": entry.split} if entry else {"split": _split_of(text or picture)}
        name = picture if _name_of(picture) in self._twice else _name_of(picture)
        place = self._builder.image(entry.file_name if entry else name, width, height, path=picture, **about)
        ids: Sequence[int | None] = entry.ids if entry and len(entry.ids) == len(lines) else [None] * len(lines)
        for row, (line, number) in enumerate(zip(lines, ids, strict=True), start=1):
            with self._problems.of(text, f"line {row}"):
                self._line(line, place, number)

    def _line(self, line: str, place: Place, number: int | None) -> None:
        label, *words = line.split()
        values = [numeral(word) for word in words]
        has_score = len(values) == 5 or (len(values) >= 7 and len(values) % 2 == 1)
        score = {"attributes": {"score": values.pop()}} if has_score else {}
        if len(values) == 4:
            mask = rectangle(values, place.height, place.width)
        elif len(values) >= 6:
            ring = np.array(values, dtype=np.float64).reshape(-1, 2) * (place.width, place.height)
            mask = of_rings([_snapped(ring)], place.height, place.width)
        else:
            raise ValueError(f"{len(words)} numbers are neither a box nor a polygon.")
        self._builder.add(place, self._label(label), mask, number=number, is_box=len(values) == 4, **score)

    def _label(self, word: str) -> int:
        number = whole_numeral(word)
        if number not in self._labels:
            if self._named or number < 0:
                raise ValueError(f"There is no class {number} among the names.")
            self._labels[number] = self._builder.label(str(number))
        return self._labels[number]


def _snapped(ring: np.ndarray) -> np.ndarray:
    """Corners that are whole pixels up to the digits a share is written with."""
    whole = np.rint(ring)
    return np.where(np.abs(ring - whole) < 1e-3, whole, ring)


def _pairs(texts: dict[str, None], pictures: Pictures, index: dict[str, Entry]) -> list[tuple[str, str, Entry | None]]:
    """Text file, image and entry of objects.json that belong together; ours in their order, then by path."""
    rest = dict(texts)
    pairs: list[tuple[str, str, Entry | None]] = []
    for file, entry in index.items():
        text = f"labels/{file}"
        if text in rest:
            del rest[text]
            pairs.append((text, pictures.find_stem(f"images/{file.removesuffix('.txt')}"), entry))
    taken = {picture for _, picture, _ in pairs}
    for picture in pictures.paths():
        if picture not in taken:
            text = next((text for text in _texts_of(picture) if text in rest), "")
            rest.pop(text, None)
            pairs.append((text, picture, None))
    return pairs + [(text, "", None) for text in rest]


def _texts_of(picture: str) -> list[str]:
    beside = str(PurePosixPath(picture).with_suffix(".txt"))
    before, images, after = f"/{beside}".rpartition("/images/")
    return [f"{before}/labels/{after}"[1:], beside] if images else [beside]


def _is_label_file(path: str) -> bool:
    name = PurePosixPath(path).name
    in_labels = "/labels/" in f"/{path}"
    return name not in NAME_FILES and (in_labels or (name not in _OTHER_TEXTS and "readme" not in name.lower()))


def _name_of(picture: str) -> str:
    _, images, after = f"/{picture}".rpartition("/images/")
    name = after if images else picture
    first, slash, rest = name.partition("/")
    return rest if slash and first in SPLITS else name


def _split_of(path: str) -> str:
    return next((part for part in reversed(PurePosixPath(path).parent.parts) if part in SPLITS), "")


def _names(files: Files, problems: Problems) -> dict[int, str]:
    for path in files.paths():
        place = PurePosixPath(path)
        if place.suffix in {".yaml", ".yml"}:
            with problems.of(path):
                document = parse(_text(files, path))
                if "kpt_shape" in document:
                    raise ValueError("It describes key points, which are no masks.")
                names = document.get("names", "")
                if isinstance(names, dict):
                    return {whole_numeral(number): name for number, name in names.items()}
                if isinstance(names, list):
                    return dict(enumerate(names))
        elif place.name in NAME_FILES:
            with problems.of(path):
                return dict(enumerate(line.strip() for line in _text(files, path).splitlines() if line.strip()))
    return {}


def _text(files: Files, path: str) -> str:
    try:
        return files.read(path, 1 << 24).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArchiveError(f"The file is not UTF-8: {error.reason}.") from error

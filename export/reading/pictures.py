"""The images among the files: found by the names that annotations give them, measured without decoding them."""

from __future__ import annotations

import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from PIL import Image

from export.archive import ArchiveError
from export.files import Files
from export.reading.problems import Problem, Problems
from export.rle import MAX_PIXELS

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
_KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
_ORIENTATION = 0x0112
_ON_THEIR_SIDE = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True)
class Measured:
    """An image's size as people see it, and whether EXIF turned it by a quarter for that."""

    width: int
    height: int
    turned: bool = False


class Pictures:
    """Images by name. `prefixes` are folders that hold no images though they hold PNGs (label maps)."""

    def __init__(self, files: Files, without: tuple[str, ...] = ()) -> None:
        self._files = files
        self._all = [
            path
            for path in files.paths()
            if PurePosixPath(path).suffix.lower() in SUFFIXES and not any(part in f"/{path}" for part in without)
        ]
        self._known = set(self._all)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for path in self._all:
            place = PurePosixPath(path)
            self._by_name[place.name].append(path)
            self._by_stem[place.stem].append(path)

    def __bool__(self) -> bool:
        return bool(self._all)

    def paths(self) -> list[str]:
        """Every image's path."""
        return self._all

    def find(self, name: str, near: str = "") -> str:
        """The path of the image an annotation calls `name`: that path itself, or the one that ends in it, or the only
        one of that file name; of several the one that shares most of the path `near`. Empty when there is none."""
        wanted = name.replace("\\", "/").removeprefix("./")
        if wanted in self._known:
            return wanted
        same = self._by_name.get(PurePosixPath(wanted).name, [])
        ending = [path for path in same if f"/{path}".endswith(f"/{wanted}")]
        return _closest(ending or same, near)

    def find_stem(self, stem: str, near: str = "", *, whole: bool = False) -> str:
        """The same for a name without extension: `a/b` finds `images/a/b.jpg`; unless `whole`, also the only b.jpg."""
        same = self._by_stem.get(PurePosixPath(stem).name, [])
        ending = [path for path in same if f"/{path.rpartition('.')[0]}".endswith(f"/{stem}")]
        return _closest(ending if whole else ending or same, near)

    def measure(self, path: str) -> Measured:
        """An image's size, from its header. Raises ValueError with a sentence when it is none that can be read."""
        with self._files.open(path) as file:
            try:
                with open_picture(file, _KINDS) as picture:
                    width, height = picture.size
                    turned = _is_turned(picture)
            except Image.DecompressionBombError as error:
                raise ArchiveError(f"{path} is larger than what can be read.") from error
            except Exception as error:  # Pillow's readers raise what they like on damaged files
                raise ArchiveError(f"{path} is no image that can be read.") from error
        if width * height > MAX_PIXELS:
            raise ArchiveError(f"{path} is {width} x {height}, larger than what can be held.")
        return Measured(height, width, True) if turned else Measured(width, height)

    def check(self, path: str, width: int, height: int) -> None:
        """Raises ValueError unless annotations of that size are for this image as people see it."""
        measured = self.measure(path)
        if (measured.width, measured.height) == (width, height):
            return
        if measured.turned and (measured.height, measured.width) == (width, height):
            raise ValueError(
                f"The annotations are for the image before its EXIF tag turns it: {width} x {height}, and it is shown "
                f"as {measured.width} x {measured.height}."
            )
        raise ValueError(f"The image is {measured.width} x {measured.height}, its annotations say {width} x {height}.")

    def sized(self, path: str, given: tuple[int, int] | None, problems: Problems, missing: Problem) -> tuple[int, int]:
        """The same as `size_of`; where there are images and not this one, that is noted as `missing`: the data set has
        the image and what is on it, and only its file is absent."""
        size = self.size_of(path, given)
        if not path and self._all:
            problems.add(missing.file, missing.item, missing.reason, absent=True)
        return size

    def size_of(self, path: str, given: tuple[int, int] | None) -> tuple[int, int]:
        """Height and width of the image at `path` ("" where it is not there): as `given` by annotations, which are
        checked against the image, or else measured. Raises ValueError when neither is to be had."""
        if given is not None:
            if path:
                self.check(path, given[1], given[0])
            return given
        if not path:
            raise ValueError("It has no size, and its image is not there to be measured.")
        measured = self.measure(path)
        return measured.height, measured.width


def open_picture(file: IO[bytes], kinds: tuple[str, ...]) -> Image.Image:
    """An image of one of Pillow's kinds, its header read. Pillow warns of 90 megapixels, which photos have, and refuses
    twice as many."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(file, formats=kinds)


def _is_turned(picture: Image.Image) -> bool:
    """Whether its EXIF tag turns it by a quarter. Pillow would unpack a PNG's pixels to look for a tag behind them."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return False
    return picture.getexif().get(_ORIENTATION) in _ON_THEIR_SIDE


def _closest(paths: list[str], near: str) -> str:
    if len(paths) <= 1:
        return paths[0] if paths else ""
    parts = set(PurePosixPath(near).parts)
    shared = sorted(((len(parts & set(PurePosixPath(path).parts)), path) for path in paths), reverse=True)
    return shared[0][1] if shared[0][0] > shared[1][0] else ""

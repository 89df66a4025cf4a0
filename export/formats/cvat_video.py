"""Reads CVAT for video, XML 1.1: tracks, each with a shape on every frame where its object is seen.

- A frame is the image `frame_000000` and so on, beside the XML or in a folder there, as CVAT calls them; frames of
  which there is an image are images of the data set also where nothing is on them.
- A track's objects get its number as `track_id`, counted from 1 over all files; shapes that are `outside` are none.
- CVAT writes what it has interpolated, frame by frame; nothing is interpolated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from export.formats.cvat_shapes import attributes_of, check, has_mask, is_upright_box, mask_of
from export.formats.own import TRACK
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import text, whole_numeral
from export.reading.pictures import Pictures

_FRAME = re.compile(r"frame_(\d{6,12})")


@dataclass(slots=True)
class Video:
    """The frames and tracks of one file after another."""

    builder: Builder
    pictures: Pictures
    problems: Problems
    _tracks: int = 0
    _places: dict[int, Place] = field(default_factory=dict)

    def look(self, path: str, elements: Iterable[Element]) -> None:
        """Walks a file to its end, and makes an image of each frame that its tracks are on."""
        frames, has_tracks, size = set[int](), False, None
        for element in elements:
            if element.tag == "meta":
                size = _size(element)
            elif element.tag == "track":
                has_tracks = True
                frames |= {number for shape in element if (number := _frame(shape)) is not None}
        self._places = {}
        if has_tracks:
            found = self._beside(path)
            for number in sorted(frames | found.keys()):
                with self.problems.of(path, f"frame {number}"):
                    self._places[number] = self._image(path, number, found.get(number, ""), size)

    def add(self, path: str, track: Element) -> None:
        """Takes a track's objects over."""
        self._tracks += 1
        for row, shape in enumerate(track, start=1):
            if shape.get("outside") != "1":
                with self.problems.of(path, f"track {self._tracks}, shape {row}"):
                    self._add(track, shape)

    def _beside(self, path: str) -> dict[int, str]:
        """The images that are frames of the file at `path`, by their number."""
        folder = PurePosixPath(path).parent.parts
        found: dict[int, str] = {}
        for picture in self.pictures.paths():
            place = PurePosixPath(picture)
            match = _FRAME.fullmatch(place.stem)
            if match and place.parts[: len(folder)] == folder:
                found.setdefault(int(match[1]), picture)
        return found

    def _image(self, path: str, number: int, picture: str, size: tuple[int, int] | None) -> Place:
        name = f"frame_{number:06d}{PurePosixPath(picture).suffix or '.png'}"
        missing = Problem(path, name, "There is no such image beside the annotations.")
        height, width = self.pictures.sized(picture, size, self.problems, missing)
        return self.builder.image(str(PurePosixPath(path).parent / name), width, height, path=picture)

    def _add(self, track: Element, shape: Element) -> None:
        number = _frame(shape)
        if number is None:
            check(shape)
            raise ValueError("It does not say on which frame it is.")
        if number not in self._places:
            raise ValueError(f"It is on frame {number}, which could not be taken over.")
        place = self._places[number]
        attributes = attributes_of(shape) | {TRACK: self._tracks}
        attributes |= {"occluded": True} if shape.get("occluded") == "1" else {}
        self.builder.add(
            place,
            self.builder.label(text(track.get("label"), "The label")),
            mask_of(shape, place.height, place.width),
            attributes=attributes,
            z_order=whole_numeral(shape.get("z_order", "0")),
            is_box=is_upright_box(shape),
        )


def _frame(shape: Element) -> int | None:
    """The frame a shape is on; None where it says none, or is no mask."""
    if not has_mask(shape) or shape.get("outside") == "1":
        return None
    try:
        number = whole_numeral(shape.get("frame"))
    except ValueError:
        return None
    return number if number >= 0 else None


def _size(meta: Element) -> tuple[int, int] | None:
    """Height and width of all frames, where the task says them."""
    try:
        height, width = (whole_numeral(meta.findtext(f".//original_size/{side}")) for side in ("height", "width"))
        return height, width
    except ValueError:
        return None

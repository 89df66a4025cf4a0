"""Reads Pascal VOC: masks where an image has them, else the boxes of its XML file.

- A class number is the row of labelmap.txt, or where the PNG's palette has that row's colour, its label; without the
  file the twenty classes of the challenge. PNGs in colours are read by labelmap.txt alone.
- 255 is void and left out. Without SegmentationObject, the pixels of a class are one object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from export import crops
from export.archive import ArchiveError
from export.dataset import Dataset
from export.files import Files
from export.formats.index import Entry, read_index
from export.formats.painting import of_number
from export.reading import Builder, Place, Problem, Problems
from export.reading.fields import numeral, text, whole_numeral
from export.reading.label_maps import decode, packed, palette_of
from export.reading.markup import child, parse_xml
from export.reading.pictures import Pictures
from export.reading.shapes import of_box

CLASSES, OBJECTS, BOXES = "SegmentationClass", "SegmentationObject", "Annotations"
LISTS, LABELS = "ImageSets/Segmentation", "labelmap.txt"
VOID, VOID_COLOUR = 255, 224 + (224 << 8) + (192 << 16)
CHALLENGE = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
    "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip


def challenge_colour(number: int) -> tuple[int, int, int]:
    """The colour of a number in the challenge's palette, which other readers know by heart: each three bits of it, the
    lowest first, are one bit of red, green and blue, the highest first."""
    red, green, blue = (
        sum((number >> (3 * step + channel) & 1) << (7 - step) for step in range(3)) for channel in range(3)
    )
    return (red, green, blue)


def read_voc(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder = Problems(), Builder()
    found = _Found.of(files)
    pictures = Pictures(files, without=(f"/{CLASSES}/", f"/{OBJECTS}/"))
    index = read_index(files, problems)
    reader = _Reader(files, builder, problems, pictures, found)
    with problems.of(LABELS):
        reader.read_labels()
    splits = _splits(files, problems, found)
    for stem in dict.fromkeys([*index, *found.stems()]):
        with problems.of(found.masks.get(stem) or found.boxes.get(stem, ""), stem):
            reader.read(stem, splits.get(stem, ""), index.get(stem))
    if not found.masks and not found.boxes:
        problems.add("", "", f"There are no Pascal VOC files: no {CLASSES}/*.png and no {BOXES}/*.xml.")
    return builder.dataset(), problems.listed()


@dataclass(slots=True)
class _Found:
    """Paths by the id of their image."""

    masks: dict[str, str] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Files) -> _Found:
        found = cls()
        for path in files.paths():
            _, folder, inside = f"/{path}".rpartition(f"/{CLASSES}/")
            _, own_folder, own_inside = f"/{path}".rpartition(f"/{OBJECTS}/")
            if folder and path.endswith(".png"):
                found.masks[inside.removesuffix(".png")] = path
            elif own_folder and path.endswith(".png"):
                found.objects[own_inside.removesuffix(".png")] = path
            elif path.endswith(".xml"):
                _, box_folder, box_inside = f"/{path}".rpartition(f"/{BOXES}/")
                found.boxes[(box_inside if box_folder else PurePosixPath(path).name).removesuffix(".xml")] = path
        return found

    def stems(self) -> Iterator[str]:
        yield from sorted(dict.fromkeys([*self.masks, *self.boxes]))


class _Reader:
    """Reads one image after the other."""

    def __init__(self, files: Files, builder: Builder, problems: Problems, pictures: Pictures, found: _Found) -> None:
        self._files, self._builder, self._problems = files, builder, problems
        self._pictures, self._found = pictures, found
        self._rows: list[tuple[str, int]] = []
        """Each class number's label and packed colour, background first."""

    def read_labels(self) -> None:
        """Labels from labelmap.txt, all of them, whether they occur or not."""
        path = next((path for path in self._files.paths() if PurePosixPath(path).name == LABELS), "")
        if not path:
            return
        for line in self._files.read(path, 1 << 24).decode("utf-8-sig").splitlines():
            name, colour, *_ = line.rsplit(":", 3) if line.count(":") >= 3 else ("", "-")
            if re.fullmatch(r"(\d+,\d+,\d+)?", colour):  # the first line is a comment
                spread = challenge_colour(len(self._rows))  # of a row without a colour
                red, green, blue = (int(part) for part in colour.split(",")) if colour else spread
                self._rows.append((name, red + (green << 8) + (blue << 16)))
                if name != "background":
                    self._builder.label(name, color=f"#{red:02x}{green:02x}{blue:02x}")

    def read(self, stem: str, split: str, entry: Entry | None) -> None:
        """One image. Raises ValueError when nothing of it can be used."""
        if stem in self._found.masks:
            self._read_masks(stem, split, entry)
        elif stem in self._found.boxes:
            self._read_boxes(stem, split)

    def _image(self, stem: str, name: str, size: tuple[int, int], split: str, entry: Entry | None) -> Place:
        path = self._pictures.find_stem(f"JPEGImages/{stem}") or self._pictures.find_stem(stem)
        missing = Problem("", stem, f"There is no image {name!r} beside the annotations.")
        self._pictures.sized(path, size, self._problems, missing)
        about = {"number": entry.image, "split": entry.split} if entry else {"split": split}
        given = entry.file_name if entry else name
        return self._builder.image(
            given or f"{stem}{PurePosixPath(path).suffix or '.jpg'}", size[1], size[0], path=path, **about
        )

    def _read_masks(self, stem: str, split: str, entry: Entry | None) -> None:
        path = self._found.masks[stem]
        data = self._files.read(path, 1 << 28)
        classes = decode(data, path, {"P", "L", "RGB"})
        name, palette = "", palette_of(data)
        if stem in self._found.boxes and not entry:
            with self._problems.of(self._found.boxes[stem]):
                name = child(parse_xml(self._files.read(self._found.boxes[stem], 1 << 26), path), "filename", "")
        if classes.ndim == 3:
            classes = packed(classes)
        owners = classes
        if stem in self._found.objects:
            data = self._files.read(self._found.objects[stem], 1 << 28)
            owners = decode(data, self._found.objects[stem], {"P", "L", "RGB"})
            if owners.shape[:2] != classes.shape:
                raise ArchiveError(f"{self._found.objects[stem]} is not of the size of {path}.")
        ids = entry.ids if entry and owners is not classes and owners.ndim == 2 else ()
        void = VOID_COLOUR if owners.ndim == 3 or owners.dtype == np.int64 else VOID
        owners = packed(owners) if owners.ndim == 3 else owners
        place = self._image(stem, name, (classes.shape[0], classes.shape[1]), split, entry)
        is_coloured = classes.dtype == np.int64
        numbers = [int(number) for number in np.unique(owners)]
        for number in numbers:
            if number in (0, void):
                continue
            with self._problems.of(path, f"object {number}"):
                pixels, x, y = of_number(owners, number)
                inside = classes[y : y + pixels.shape[0], x : x + pixels.shape[1]][pixels]
                kind = int(np.bincount(inside).argmax()) if not is_coloured else int(inside[0])
                label = self._label(kind, palette, coloured=is_coloured)
                own = ids[number - 1] if number <= len(ids) else None
                self._builder.add(place, label, crops.place(pixels, x, y, place.height, place.width), number=own)

    def _label(self, number: int, palette: list[tuple[int, int, int]], *, coloured: bool) -> int:
        if coloured:
            matches = [name for name, colour in self._rows if colour == number]
            if not matches:
                raise ValueError(f"The colour {number & 255},{number >> 8 & 255},{number >> 16} is not in {LABELS}.")
            return self._builder.label(matches[0])
        if number in (0, VOID):
            raise ValueError("Most of its pixels are background or void in the PNG of classes.")
        if not self._rows:
            known = number <= len(CHALLENGE)
            return self._builder.label(CHALLENGE[number - 1] if known else str(number))
        colour = palette[number] if number < len(palette) else None
        if colour is not None:
            one = colour[0] + (colour[1] << 8) + (colour[2] << 16)
            matches = [name for name, other in self._rows if other == one]
            if len(matches) == 1:
                return self._builder.label(matches[0])
        if number >= len(self._rows):
            raise ValueError(f"There is no class {number} in {LABELS}.")
        return self._builder.label(self._rows[number][0])

    def _read_boxes(self, stem: str, split: str) -> None:
        path = self._found.boxes[stem]
        root = parse_xml(self._files.read(path, 1 << 26), path)
        if root.tag != "annotation":
            raise ValueError(f"Its root is <{root.tag[:40]}>, not <annotation>.")
        size = root.find("size")
        name = child(root, "filename", "")
        picture = self._pictures.find_stem(stem)
        if size is not None and size.findtext("width", "0").strip() not in {"0", ""}:
            height, width = whole_numeral(child(size, "height")), whole_numeral(child(size, "width"))
        else:
            height, width = self._pictures.size_of(picture, None)
        place = self._image(stem, name, (height, width), split, None)
        for row, entry in enumerate(root.iterfind("object"), start=1):
            with self._problems.of(path, f"object {row}"):
                box = entry.find("bndbox")
                if box is None:
                    raise ValueError("<bndbox> is missing.")
                left, top, right, bottom = (numeral(child(box, side)) for side in ("xmin", "ymin", "xmax", "ymax"))
                if right < left or bottom < top:
                    raise ValueError("The box ends before it begins.")
                mask = of_box(left - 1, top - 1, right - left + 1, bottom - top + 1, height, width)
                flags = {key: True for key in ("truncated", "difficult", "occluded") if child(entry, key, "0") == "1"}
                label = self._builder.label(text(child(entry, "name"), "The label's name"))
                self._builder.add(place, label, mask, is_box=True, attributes=flags)


def _splits(files: Files, problems: Problems, found: _Found) -> dict[str, str]:
    """The split of each image id. A list that names them all divides nothing, and neither does a list of two others."""
    splits: dict[str, str] = {}
    stems = set(found.stems())
    for path in files.paths():
        place = PurePosixPath(path)
        if place.suffix != ".txt" or "ImageSets" not in place.parts or place.stem in {"trainval", "default"}:
            continue
        with problems.of(path):
            listed = {line.split(" ")[0] if line not in stems else line for line in _lines(files, path)} & stems
            if listed != stems:
                splits |= dict.fromkeys(listed, place.stem)
    return splits


def _lines(files: Files, path: str) -> list[str]:
    return [line.strip() for line in files.read(path, 1 << 28).decode("utf-8-sig").splitlines() if line.strip()]

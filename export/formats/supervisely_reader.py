"""Reads Supervisely: bitmaps, polygons with holes and rectangles; lines, points and graphs are listed as problems.

- Points count pixels: a rectangle's and a polygon's last pixel belongs to it.
- Tags of an object are its attributes, those of an image its tags. The split is the folder that `ann` lies in.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from export import crops, rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import items, mapping, number, shortened, text, whole
from export.reading.label_maps import decode
from export.reading.pictures import Pictures
from export.reading.shapes import Points, of_box, pairs, with_holes

META = "meta.json"
MAX_BITMAP = 1 << 26
"""Bytes that a bitmap may unpack to before it is decoded."""


def read_supervisely(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    for path in files.paths():
        if PurePosixPath(path).name == META:
            with problems.of(path):
                for entry in items(mapping(files.json(path), META).get("classes"), "classes"):
                    builder.label(entry["title"], color=str(entry.get("color") or GREY))
    found = False
    for path in files.paths():
        if PurePosixPath(path).parent.name == "ann" and path.endswith(".json"):
            found = True
            with problems.of(path):
                _read(path, files, builder, pictures, problems)
    if not found:
        problems.add("", "", "There is no Supervisely file: no ann/*.json.")
    return builder.dataset(), problems.listed()


def mask_of(entry: dict[str, Any], height: int, width: int) -> rle.Rle:
    """The mask of one object. Raises ValueError where it has none."""
    kind = entry.get("geometryType")
    if kind == "bitmap":
        return _bitmap(mapping(entry["bitmap"], "bitmap"), height, width)
    rings = mapping(entry.get("points"), "points")
    if kind == "rectangle":
        (x0, y0), (x1, y1) = ((number(x), number(y)) for x, y in items(rings["exterior"], "exterior"))
        left, top = min(x0, x1), min(y0, y1)
        return of_box(left, top, abs(x1 - x0) + 1, abs(y1 - y0) + 1, height, width)
    if kind == "polygon":
        holes = [_centres(ring) for ring in items(rings.get("interior"), "interior")]
        return with_holes(_centres(rings["exterior"]), holes, height, width)
    raise ValueError(f"An object of type {shortened(kind)} is no mask.")


def _read(path: str, files: Files, builder: Builder, pictures: Pictures, problems: Problems) -> None:
    document = mapping(files.json(path), "The annotation")
    size = mapping(document["size"], "size")
    height, width = whole(size["height"]), whole(size["width"])
    folder, name = PurePosixPath(path).parent.parent, PurePosixPath(path).name.removesuffix(".json")
    picture = pictures.find(str(folder / "img" / name), near=path)
    missing = Problem(path, "", f"There is no image {name!r} beside it.")
    pictures.sized(picture, (height, width), problems, missing)
    own = document.get("maskwright")
    about = about_image(own) | {"path": picture}
    about["split"] = about["split"] if own else folder.name
    about["tags"] = [text(tag["name"], "A tag") for tag in items(document.get("tags"), "tags")]
    place = builder.image(about.pop("name", name), width, height, **about)
    for row, entry in enumerate(items(document.get("objects"), "objects"), start=1):
        with problems.of(path, f"object {row}"):
            _add(entry, place, builder, ours=own is not None)


def _add(entry: dict[str, Any], place: Place, builder: Builder, *, ours: bool) -> None:
    mask = mask_of(entry, place.height, place.width)
    tags = {text(tag["name"], "A tag"): tag.get("value") for tag in items(entry.get("tags"), "tags")}
    about = about_instance(entry.get("maskwright"))
    about |= {"attributes": tags, "is_box": entry.get("geometryType") == "rectangle"}
    given = whole(entry["id"]) if ours else None
    builder.add(place, builder.label(text(entry["classTitle"], "The class")), mask, number=given, **about)


def _bitmap(bitmap: Any, height: int, width: int) -> rle.Rle:
    try:
        inflate = zlib.decompressobj()
        data = inflate.decompress(base64.b64decode(bitmap["data"], validate=True), MAX_BITMAP)
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("Its bitmap is no deflated base64.") from None
    if inflate.unconsumed_tail:
        raise ValueError(f"Its bitmap unpacks to more than {MAX_BITMAP} bytes.")
    pixels = decode(data, "The bitmap", {"1", "L", "LA", "P", "RGBA"})
    part = pixels[:, :, -1] if pixels.ndim == 3 else pixels
    x, y = (whole(side) for side in items(bitmap["origin"], "origin"))
    if not (x >= 0 and y >= 0 and x + part.shape[1] <= width and y + part.shape[0] <= height):
        raise ValueError("The bitmap does not lie inside the image.")
    return crops.place(part, x, y, height, width)


def _centres(ring: object) -> Points:
    """Points that are pixels, as the middle of these."""
    middle: Points = pairs(ring) + np.float64(0.5)
    return middle

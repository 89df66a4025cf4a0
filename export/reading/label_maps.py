"""Label maps: PNGs whose pixels are numbers, not colours."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.archive import ArchiveError
from export.files import Files
from export.reading.pictures import open_picture

MAX_PIXELS = 150_000_000
"""Decoded whole."""
MAX_BYTES = 1 << 28
_NUMBERS = {"1", "L", "P", "I", "I;16", "I;16B", "I;16L"}
_COLOURS = {"RGB", "RGBA"}
Numbers = NDArray[Any]


def read_numbers(files: Files, path: str, size: tuple[int, int] | None = None) -> Numbers:
    """The numbers [h, w] of a palette or grey PNG of 1 to 16 bits. Raises ArchiveError (a ValueError) for others, and
    for one that is not `size` (height, width)."""
    return _checked(decode(files.read(path, MAX_BYTES), path, _NUMBERS), path, size)


def read_colours(files: Files, path: str, size: tuple[int, int] | None = None) -> Numbers:
    """The colours uint8 [h, w, 3] of a PNG without palette. Raises like `read_numbers`."""
    return _checked(decode(files.read(path, MAX_BYTES), path, _COLOURS)[:, :, :3], path, size)


def decode(data: bytes, path: str, modes: set[str]) -> Numbers:
    """Pixels of a PNG of one of Pillow's `modes`; a palette's are its indices. Raises ArchiveError."""
    try:
        with open_picture(io.BytesIO(data), ("PNG",)) as picture:
            mode, pixels = picture.mode, picture.width * picture.height
            found = np.asarray(picture) if mode in modes and pixels <= MAX_PIXELS else None
    except Exception as error:  # Pillow's reader raises what it likes on damaged files
        raise ArchiveError(f"{path} is no PNG that can be read.") from error
    if pixels > MAX_PIXELS:
        raise ArchiveError(f"{path} has {pixels} pixels; {MAX_PIXELS} are the most for a label map.")
    if found is None:
        raise ArchiveError(f"{path} is a PNG of kind {mode}; this format has {' or '.join(sorted(modes))}.")
    return found


def palette_of(data: bytes) -> list[tuple[int, int, int]]:
    """The colours of a palette PNG; none when it has none."""
    try:
        with open_picture(io.BytesIO(data), ("PNG",)) as picture:
            flat = picture.getpalette() or []
    except Exception:  # as above; who decodes the pixels says so
        return []
    return [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat) - 2, 3)]


def packed(colours: Numbers) -> NDArray[np.int64]:
    """Colours [h, w, 3] as one number each: R + 256 G + 65536 B."""
    wide = colours.astype(np.int64)
    numbers: NDArray[np.int64] = wide[:, :, 0] + (wide[:, :, 1] << 8) + (wide[:, :, 2] << 16)
    return numbers


def _checked(pixels: Numbers, path: str, size: tuple[int, int] | None) -> Numbers:
    if size is not None and pixels.shape[:2] != size:
        raise ArchiveError(f"{path} is {pixels.shape[1]} x {pixels.shape[0]}, but its image is {size[1]} x {size[0]}.")
    return pixels

"""Large images, worked on in strips: beside the decoded one (4 bytes a pixel) only a strip and the file are held."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

STRIP_BYTES = 16 << 20
_UP = 2
"""PNG's filter "up": each byte less the one above it (PNG specification, 9.2)."""


def strips_of(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes (left, top, right, bottom) of some MB each, from the top down, that cover an image of this size."""
    width, height = size
    rows = max(1, STRIP_BYTES // (4 * width))
    for top in range(0, height, rows):
        yield 0, top, width, min(height, top + rows)


def png_in_strips(image: Image.Image) -> bytes:
    """Return an L or RGB image (of RGBA the colours) as an 8-bit PNG, quickly packed: tighter packing of a large one
    takes longer than anybody waits for an upload."""
    mode = "L" if image.mode == "L" else "RGB"
    depth_and_kind = (8, 0 if mode == "L" else 2, 0, 0, 0)
    profile = image.info.get("icc_profile") if image.mode in ("L", "RGB") else None
    parts = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", struct.pack(">II5B", *image.size, *depth_and_kind))]
    if profile:
        parts.append(_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(profile)))
    packer = zlib.compressobj(1)
    above: npt.NDArray[np.uint8] | None = None
    for box in strips_of(image.size):
        strip = image.crop(box)
        values = np.asarray(strip if strip.mode == mode else strip.convert(mode)).reshape(box[3] - box[1], -1)
        parts.append(_chunk(b"IDAT", packer.compress(_filtered(values, above))))
        above = values[-1].copy()
    parts.append(_chunk(b"IDAT", packer.flush()))
    parts.append(_chunk(b"IEND", b""))
    return b"".join(parts)


def _filtered(values: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8] | None) -> bytes:
    lines = np.empty((values.shape[0], values.shape[1] + 1), np.uint8)
    lines[:, 0] = _UP
    lines[1:, 1:] = values[1:] - values[:-1]
    lines[0, 1:] = values[0] - (above if above is not None else np.zeros_like(values[0]))
    return lines.tobytes()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

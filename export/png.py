"""Small PNG files without a library: 8-bit palette (VOC), grey of 8 and 16 bits, RGB (panoptic) and RGBA (cut-outs).

Rows are not filtered: label maps are long runs of one value, which deflate packs well as they are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE, _RGB, _RGBA, _GRAY = 3, 2, 6, 0
_CHANNELS = {_PALETTE: 1, _GRAY: 1, _RGB: 3, _RGBA: 4}
Pixels = NDArray[np.uint8]


def encode_palette(indices: Pixels, palette: Sequence[tuple[int, int, int]]) -> bytes:
    """Indices [h, w] and their colours (at most 256) to a palette PNG."""
    colours = bytes(channel for colour in palette for channel in colour)
    return _file(indices, _PALETTE, _chunk(b"PLTE", colours))


def encode_gray(values: Pixels) -> bytes:
    """Values [h, w] to a grey PNG."""
    return _file(values, _GRAY)


def encode_gray16(values: NDArray[np.uint16]) -> bytes:
    """Values [h, w] to a grey PNG of 16 bits."""
    height, width = values.shape
    pairs = np.ascontiguousarray(values, dtype=">u2").view(np.uint8).reshape(height, 2 * width)
    return _file(pairs, _GRAY, depth=16)


def encode_rgba(pixels: Pixels) -> bytes:
    """Pixels [h, w, 4] to an RGB PNG with alpha."""
    return _file(pixels, _RGBA)


def encode_rgb(pixels: Pixels) -> bytes:
    """Pixels [h, w, 3] to an RGB PNG."""
    return _file(pixels, _RGB)


def decode(data: bytes) -> NDArray[Any]:
    """What one of the functions above wrote: [h, w] (uint8, or uint16 for 16 bits), or [h, w, channels] for colours.
    Raises ValueError for other PNGs."""
    try:
        return _decode(data)
    except (struct.error, zlib.error) as error:
        raise ValueError(f"This PNG is damaged: {error}.") from error


def _decode(data: bytes) -> NDArray[Any]:
    if not data.startswith(SIGNATURE):
        raise ValueError("This is no PNG file.")
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    channels, size = _CHANNELS.get(kind, 0), depth // 8
    packed, place = b"", 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    rows = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(height, -1)
    if depth not in (8, 16) or rows.shape[1] != width * channels * size + 1 or rows[:, 0].any():
        raise ValueError("This PNG was not written here.")
    pixels = rows[:, 1:]
    if size == 2:
        return np.ascontiguousarray(pixels).view(">u2").astype(np.uint16)
    return pixels.reshape(height, width, channels) if channels > 1 else pixels


def _file(pixels: Pixels, kind: int, *extra: bytes, depth: int = 8) -> bytes:
    height, width = pixels.shape[0], pixels.shape[1] * 8 // depth
    rows = np.zeros((height, 1 + pixels.size // height), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
    return b"".join((SIGNATURE, _chunk(b"IHDR", header), *extra, body, _chunk(b"IEND", b"")))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

"""Taking metadata out of JPEG, PNG and WebP files without touching a pixel.

Position, camera, owner and thumbnails are private; the colour profile stays, for it says how the pixels look.
Each function raises ValueError for a file whose parts do not add up; the caller then encodes the pixels anew.
"""

from __future__ import annotations

import re
import struct

# APP0 (JFIF), APP2 (colour profile; MPF, which is dropped below), APP14 (Adobe: how the colours are coded).
_JPEG_APPS = {0xE0, 0xE2, 0xEE}
_JPEG_ALONE = {0x01, *range(0xD0, 0xD8)}
# Where compressed data end: a marker that is neither an escaped 0xFF nor a restart.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"iCCP", b"sRGB", b"gAMA", b"cHRM"}

_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_EXIF_AND_XMP = 0x08 | 0x04


def strip_jpeg(data: bytes) -> bytes:
    """Return the JPEG without EXIF, XMP, comments, and anything behind its end (further images of a phone)."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("not a JPEG")
    out = [data[:2]]
    at = 2
    while True:
        marker, at = _jpeg_marker(data, at)
        if marker == 0xD9:
            return b"".join([*out, b"\xff\xd9"])
        if marker in _JPEG_ALONE:
            continue
        end = at + _uint16(data, at)
        segment = data[at:end]
        if _jpeg_keeps(marker, segment):
            out.append(bytes((0xFF, marker)) + segment)
        at = end
        if marker == 0xDA:
            following = _JPEG_MARKER.search(data, at)
            if following is None:
                raise ValueError("no end")
            out.append(data[at : following.start()])
            at = following.start()


def _jpeg_marker(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data) or data[at] != 0xFF:
        raise ValueError("no marker")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        raise ValueError("no end")
    return data[at], at + 1


def _jpeg_keeps(marker: int, segment: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker in _JPEG_APPS and not segment[2:].startswith(b"MPF\0")
    return marker != 0xFE


def _uint16(data: bytes, at: int) -> int:
    if at + 2 > len(data):
        raise ValueError("cut off")
    return int.from_bytes(data[at : at + 2], "big")


def strip_png(data: bytes) -> bytes:
    """Return the PNG with only the chunks that its pixels need."""
    if data[:8] != _PNG_SIGNATURE:
        raise ValueError("not a PNG")
    out = [_PNG_SIGNATURE]
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise ValueError("cut off")
        if kind in _PNG_KEPT:
            out.append(data[at:end])
        if kind == b"IEND":
            return b"".join(out)
        at = end
    raise ValueError("no end")


def strip_webp(data: bytes) -> bytes:
    """Return the WebP without its EXIF and XMP chunks."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("not a WebP")
    out = []
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        chunk = data[at:end]
        if at + 8 + length > len(data):
            raise ValueError("cut off")
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~_WEBP_EXIF_AND_XMP,)) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            out.append(chunk)
        at = end
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(body)) + body


STRIP = {"JPEG": strip_jpeg, "PNG": strip_png, "WEBP": strip_webp}

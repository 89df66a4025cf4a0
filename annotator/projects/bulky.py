"""PNG chunks that are larger than a reader takes: text and colour profiles. The pixels are good, so they are read
without them; otherwise a limit of ours would be told as damage of theirs."""

from __future__ import annotations

import struct
import zlib

MAX_PROFILE = 1 << 20
"""Bytes of an unpacked colour profile; Pillow's own limit, which whoever reads the stored image meets again."""
LEFT_OUT = "Its colour profile is larger than 1 MB or damaged, and was left out; colours are taken as sRGB."
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT = {b"tEXt", b"zTXt", b"iTXt"}


def without_bulk(data: bytes) -> tuple[bytes, list[str]]:
    """Return the PNG without texts and without a profile that cannot be used, and a note for the profile. Any other
    file, and one whose chunks do not add up, comes back as it is."""
    if data[:8] != _SIGNATURE:
        return data, []
    view = memoryview(data)
    kept, at, dropped = [view[:8]], 8, False
    notes: list[str] = []
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind in _TEXT:
            dropped = True
        elif kind == b"iCCP" and not _is_usable(data[at + 8 : end - 4]):
            dropped, notes = True, [LEFT_OUT]
        else:
            kept.append(view[at:end])
        at = end
    return (b"".join([*kept, view[at:]]), notes) if dropped else (data, [])


def _is_usable(chunk: bytes) -> bool:
    _, _, packed = chunk.partition(b"\0")
    try:
        unpacked = zlib.decompressobj().decompress(packed[1:], MAX_PROFILE + 1)
    except zlib.error:
        return False
    return 128 <= len(unpacked) <= MAX_PROFILE and unpacked[36:40] == b"acsp"

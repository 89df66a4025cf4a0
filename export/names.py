"""File names that are safe in an archive on every system, and still recognisable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")
MAX_BYTES = 180
"""Of a file name in UTF-8: file systems stop at 255, and some room is left for what other tools append."""


def safe_name(name: str, fallback: str = "file") -> str:
    """One path part out of any text: no separators, control characters, direction marks, reserved or hidden names.

    Letters of every script and emoji stay."""
    cleaned = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    found = _EXTENSION.search(cleaned)
    extension = found.group() if found else ""
    stem = _shorten(cleaned.removesuffix(extension).strip(" .")) or fallback
    return f"_{stem}{extension}" if _RESERVED.match(stem) else stem + extension


def unique_names(names: Iterable[str]) -> list[str]:
    """`safe_name` of each, in order, numbered where two would meet on a system that ignores case."""
    taken: set[str] = set()
    result = []
    for name in names:
        safe = safe_name(name, "image")
        path, number = PurePosixPath(safe), 1
        while safe.casefold() in taken:
            number += 1
            safe = f"{path.stem}-{number}{path.suffix}"
        taken.add(safe.casefold())
        result.append(safe)
    return result


def _shorten(stem: str) -> str:
    return stem.encode("utf-8", "ignore")[:MAX_BYTES].decode("utf-8", "ignore")

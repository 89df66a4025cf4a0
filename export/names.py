"""File names that are safe in an archive on every system, and still recognisable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
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
    return unique_paths(("", name) for name in names)


def unique_paths(places: Iterable[tuple[str, str]]) -> list[str]:
    """A safe relative path of each (folder, name), in order: `("a/b", "1.png")` gives `a/b/1.png`.

    A file is numbered where it would meet another file, or a folder, on a system that ignores case."""
    safe = [(_safe_folder(folder), safe_name(name, "image")) for folder, name in places]
    taken = {parent.casefold() for folder in {folder for folder, _ in safe} for parent in _upwards(folder)}
    result = []
    for folder, name in safe:
        path, number, free = PurePosixPath(name), 1, name
        while f"{folder}{free}".casefold() in taken:
            number += 1
            free = f"{path.stem}-{number}{path.suffix}"
        taken.add(f"{folder}{free}".casefold())
        result.append(f"{folder}{free}")
    return result


def unique_stems(paths: Iterable[str]) -> list[str]:
    """Each relative path without its extension, in order, for files that stand for an image: `a/1.jpg` gives `a/1`.

    Numbered where two would meet on a system that ignores case (`1.jpg`, `1.png`), or where a file named like it could
    meet a folder (`1.png/`)."""
    places = [PurePosixPath(path) for path in paths]
    folders = {parent for place in places for parent in place.parents if parent.suffix}
    taken = {str(folder.with_suffix("")).casefold() for folder in folders}
    result = []
    for place in places:
        stem = place.with_suffix("")
        free, number = stem, 1
        while str(free).casefold() in taken:
            number += 1
            free = stem.with_name(f"{stem.name}-{number}")
        taken.add(str(free).casefold())
        result.append(str(free))
    return result


def _safe_folder(folder: str) -> str:
    """Ends in a slash, or is empty."""
    return "".join(f"{safe_name(part, 'folder')}/" for part in folder.split("/") if part.strip(" ."))


def _upwards(folder: str) -> Iterator[str]:
    """The folder and all it lies in, without slashes at their ends."""
    parts = folder.rstrip("/").split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1) if folder)


def _shorten(stem: str) -> str:
    return stem.encode("utf-8", "ignore")[:MAX_BYTES].decode("utf-8", "ignore")

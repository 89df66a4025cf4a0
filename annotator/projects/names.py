"""File names from the outside world, made safe to keep, show and write into an archive."""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 255
MAX_FOLDER = 1000


def safe_name(raw: str) -> str:
    """Return the last part of a path, composed, without control or direction characters; never blank.

    Emoji, quotes and letters of any script stay as they are: they are escaped where they are shown.
    """
    last = raw.replace("\\", "/").rsplit("/", 1)[-1]
    composed = unicodedata.normalize("NFC", last)
    # Cc: line breaks and NUL; Cf: direction marks that make "gpj.exe" look like an image (the joiner of emoji stays);
    # Cs: half characters.
    kept = "".join(c for c in composed if c == "\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    name = kept.strip().strip(".").strip() or "image"
    return _shorten(name)


def safe_folder(raw: str) -> str:
    """Return a relative folder, "a/b", each part made safe as a name; "" when there is none.

    Of a path that is too long the last folders stay: those next to the image tell it from others."""
    parts = [safe_name(part) for part in raw.replace("\\", "/").split("/") if part.strip(" .")]
    while len("/".join(parts)) > MAX_FOLDER:
        parts.pop(0)
    return "/".join(parts)


def _shorten(name: str) -> str:
    if len(name) <= MAX_LENGTH:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 10:
        return name[:MAX_LENGTH]
    return stem[: MAX_LENGTH - len(suffix) - 1] + dot + suffix

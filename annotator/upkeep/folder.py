"""The folder of backups: files once for all of them, and for each backup its rows and a list of what belongs to it.

TARGET/files/ab/abcd…                   the storage's files by their names there
TARGET/2026-11-29T13-45-12Z/rows/*.gz   a table each, a row a line
TARGET/2026-11-29T13-45-12Z/files.gz    name, SHA-256 and bytes of each file, a line each
TARGET/2026-11-29T13-45-12Z/manifest.json
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from annotator.upkeep.rows import from_line, to_line
from annotator.upkeep.troubles import Refused

FORMAT = 1
UNFINISHED = "unfinished-"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the storage that belongs to a backup."""

    name: str
    sha256: str
    bytes: int


def fingerprint() -> str:
    """Return what tells one secret key from another without telling the key."""
    return hashlib.sha256(f"of the secret key {settings.SECRET_KEY}".encode()).hexdigest()[:16]


def now_name() -> str:
    """Return the name of a backup made now."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}"


def kept_file(target: Path, name: str) -> Path:
    """Return where a file of the storage lies among the backups. Refuses a name that leads elsewhere."""
    path = target / "files" / name
    if ".." in path.parts or Path(name).is_absolute():
        raise Refused(f"The backup names a file {name!r}, which no storage has. It is not restored.")
    return path


def backups(target: Path) -> list[str]:
    """Return the names of the whole backups, oldest first."""
    return sorted(path.parent.name for path in target.glob("*/manifest.json") if _NAME.match(path.parent.name))


def manifest(folder: Path) -> dict[str, Any]:
    """Read what a backup says of itself. Refuses one that this version does not understand."""
    try:
        found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        understood = found["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(f"{folder} is no backup, or its manifest.json is damaged.") from None
    if not understood:
        raise Refused(f"{folder} was made by another version of Maskwright, in a form that this one does not read.")
    return found


def write_manifest(folder: Path, about: dict[str, Any]) -> None:
    """Write what a backup says of itself."""
    (folder / "manifest.json").write_text(json.dumps(about | {"format": FORMAT}, indent=1, sort_keys=True) + "\n")


def write_lines(path: Path, lines: Iterator[bytes]) -> None:
    """Write lines, packed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb", compresslevel=4) as out:
        out.writelines(lines)


def read_rows(path: Path) -> Iterator[list[Any]]:
    """Go through the rows of such a file."""
    with gzip.open(path, "rb") as source:
        for line in source:
            yield from_line(line)


def write_entries(folder: Path, entries: Iterator[Entry]) -> None:
    """Write the list of a backup's files."""
    write_lines(folder / "files.gz", (to_line((one.name, one.sha256, one.bytes)) for one in entries))


def read_entries(folder: Path) -> Iterator[Entry]:
    """Go through the list of a backup's files."""
    for name, sha256, size in read_rows(folder / "files.gz"):
        yield Entry(name, sha256, size)


@contextmanager
def held_alone(target: Path) -> Iterator[None]:
    """Let nobody else write into this folder of backups meanwhile; clear away what broken ones left."""
    target.mkdir(parents=True, exist_ok=True)
    with (target / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another backup is being written to {target}. Wait until it is done.") from None
        for broken in target.glob(f"{UNFINISHED}*"):
            shutil.rmtree(broken)
        for broken in target.glob("files/*/.incoming-*"):
            broken.unlink()
        yield

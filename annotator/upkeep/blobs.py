"""Files between the storage and a folder of backups. What arrives is compared with its hash after it was written."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import File

from annotator.lib.storage import blobs
from annotator.upkeep.files import Files
from annotator.upkeep.folder import Entry, kept_file
from annotator.upkeep.reading import PIECE, digest, digest_from_disk, hash_named
from annotator.upkeep.troubles import Refused


class Damaged(Exception):
    """A file whose bytes are not those that its name says."""


def fetch(name: str, target: Path) -> tuple[str, int]:
    """Copy a file of the storage to the backups; return its SHA-256 and size. Raises FileNotFoundError and Damaged."""
    path = kept_file(target, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    known, size = hashlib.sha256(), 0
    with (
        blobs().open(name, "rb") as source,
        tempfile.NamedTemporaryFile(dir=path.parent, prefix=".incoming-", delete=False) as out,
    ):
        try:
            while piece := source.read(PIECE):
                out.write(piece)
                known.update(piece)
                size += len(piece)
            out.flush()
            if known.hexdigest() != (hash_named(name) or known.hexdigest()):
                raise Damaged(name)
            Path(out.name).replace(path)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise
    return known.hexdigest(), size


def is_kept(entry: Entry, target: Path, *, thorough: bool) -> bool:
    """Whether the backups have a file: its size at least, or its hash."""
    path = kept_file(target, entry.name)
    try:
        if not thorough:
            return path.stat().st_size == entry.bytes
        return digest_from_disk(path) == (entry.sha256, entry.bytes)
    except FileNotFoundError:
        return False


def bring_back(entry: Entry, target: Path) -> bool:
    """Put a file of the backups into the storage unless it is there, and read it again there; tell whether it was
    written. Refuses one that is damaged."""
    path, storage = kept_file(target, entry.name), blobs()
    if storage.exists(entry.name):
        with storage.open(entry.name, "rb") as there:
            if digest(there) == (entry.sha256, entry.bytes):
                return False
        storage.delete(entry.name)
    if not is_kept(entry, target, thorough=True):
        raise Refused(f"{path} is missing or damaged, so the backup cannot be restored. No row was written.")
    with path.open("rb") as source:
        storage.save(entry.name, File(source))
    with storage.open(entry.name, "rb") as written:
        if digest(written) != (entry.sha256, entry.bytes):
            raise Refused(f"{entry.name} did not arrive whole in the storage. Look at its disk; no row was written.")
    return True


def stored_names(folder: str = "") -> Iterator[str]:
    """Go through the names of all files in the storage."""
    try:
        folders, names = blobs().listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in sorted(names))
    for below in sorted(folders):
        yield from stored_names(prefix + below)


def orphans(needed: Files) -> Iterator[str]:
    """Go through the files that lie in the storage and that no row needs."""
    return (name for name in stored_names() if name not in needed)

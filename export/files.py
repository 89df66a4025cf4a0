"""What a data set is read from: an archive, a folder, or one file. Nothing is unpacked to disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from export.archive import MANIFEST, MAX_READ, ArchiveError, ArchiveReader, parse_json

MAX_FILES = 1_000_000
_CHUNK = 1 << 20


class Files(Protocol):
    """Named files, read only. Paths are relative, parts joined by "/". Whatever cannot be read raises ArchiveError."""

    def paths(self) -> list[str]: ...

    def open(self, path: str) -> IO[bytes]: ...

    def chunks(self, path: str) -> Iterator[bytes]: ...

    def read(self, path: str, limit: int = MAX_READ) -> bytes: ...

    def json(self, path: str) -> Any: ...


class Folder:
    """The files of a folder, by path. Links and hidden files are passed over: nothing outside the folder is read."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._places = {path.relative_to(root).as_posix(): path for path in _walk(root)}
        if len(self._places) > MAX_FILES:
            raise ArchiveError(f"The folder holds {len(self._places)} files; {MAX_FILES} are the most.")

    def paths(self) -> list[str]:
        """Every file's path, sorted."""
        return list(self._places)

    def open(self, path: str) -> IO[bytes]:
        """A file as a binary stream; raises ArchiveError when there is none."""
        if path not in self._places:
            raise ArchiveError(f"There is no file {path!r}.")
        try:
            return self._places[path].open("rb")
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file in pieces of at most a mebibyte."""
        with self.open(path) as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def read(self, path: str, limit: int = MAX_READ) -> bytes:
        """A whole file; raises ArchiveError when it is larger than `limit` bytes."""
        with self.open(path) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise ArchiveError(f"{path} is larger than {limit} bytes, the most that is read.")
        return data

    def json(self, path: str) -> Any:
        """A JSON document; raises ArchiveError when it is none."""
        return parse_json(self.read(path), path)


class LoneFile(Folder):
    """One file, as if it lay in a folder alone, under its name or another."""

    def __init__(self, path: Path, name: str = "") -> None:
        self._places = {name or path.name: path}


def open_files(path: Path) -> Files:
    """What lies at `path`: a folder, an archive (.zip; checked against its manifest where Maskwright wrote it), or a
    file. Close it when it is an archive. Raises ArchiveError and OSError."""
    if path.is_dir():
        return Folder(path)
    if path.suffix.lower() != ".zip":
        path.stat()
        return LoneFile(path)
    archive = ArchiveReader(path)
    if is_ours(archive):
        archive.verify()
    return archive


def is_ours(files: Files) -> bool:
    """Whether a manifest lists the files with their hashes; other tools have a manifest.json of another kind."""
    if MANIFEST not in files.paths():
        return False
    try:
        listed = json.loads(files.read(MANIFEST))["files"]
        return isinstance(listed, list) and all({"path", "bytes", "sha256"} == set(entry) for entry in listed)
    except (ValueError, LookupError, TypeError):
        return False


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir(), key=lambda place: place.name):
        if path.is_symlink() or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path

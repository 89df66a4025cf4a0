"""What an import is read from: an uploaded archive or file, a folder of the server that an administrator opened, or
files that were fetched.

Nothing is unpacked to disk. What an archive claims is checked before anything is read, and no file gives more than it
claims (zipfile stops there)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from annotator.imports.choices import FETCHED, Part, Source
from annotator.imports.models import Import
from annotator.lib.errors import ApiError
from annotator.lib.scratch import local_blob
from annotator.lib.storage import open_blob
from export import ArchiveError, ArchiveReader
from export.archive import MAX_READ, parse_json
from export.files import Files, Folder, LoneFile
from export.reading.tables import with_tables

UNPACKED_TIMES = 16
"""How many times the largest upload an archive may unpack to."""
BOMB_TIMES, BOMB_BYTES = 200, 256 * 1024 * 1024
"""No data set of the field is packed that well: an archive that grows so much, beyond so many bytes, is a trap."""


class Watched:
    """Files that tell whoever waits, at each file that is opened, and can be stopped there: `told` may raise."""

    def __init__(self, files: Files, told: Callable[[], None]) -> None:
        self._files, self._told = files, told

    def paths(self) -> list[str]:
        """Every file's path."""
        return self._files.paths()

    def open(self, path: str) -> IO[bytes]:
        """A file as a binary stream."""
        self._told()
        return self._files.open(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file in pieces."""
        self._told()
        return self._files.chunks(path)

    def read(self, path: str, limit: int = MAX_READ) -> bytes:
        """A whole file."""
        self._told()
        return self._files.read(path, limit)

    def json(self, path: str) -> Any:
        """A JSON document."""
        return parse_json(self.read(path), path)


class Stored(LoneFile):
    """One file of the storage."""

    def __init__(self, sha256: str, name: str) -> None:
        super().__init__(Path(name))
        self._sha256 = sha256

    def open(self, path: str) -> IO[bytes]:
        """The file as a binary stream. Raises FileNotFoundError when it is not kept any more."""
        return open_blob(self._sha256)


class Several:
    """Files and archives beside each other: a file lies at its path, what is in an archive in a folder called as the
    archive is, without its ending."""

    def __init__(self, parts: Mapping[str, Files]) -> None:
        self._places: dict[str, tuple[Files, str]] = {}
        unpacked = 0
        for path, part in parts.items():
            if isinstance(part, ArchiveReader):
                unpacked += part.unpacked
                if unpacked > settings.MAX_IMPORT_BYTES * UNPACKED_TIMES:
                    raise ArchiveError(f"The archives unpack to more than {unpacked} bytes together.")
                folder = path.rpartition(".")[0] or path
                self._places |= {f"{folder}/{inner}": (part, inner) for inner in part.paths()}
            else:
                self._places[path] = (part, _last(path))

    def paths(self) -> list[str]:
        """Every file's path."""
        return list(self._places)

    def open(self, path: str) -> IO[bytes]:
        """A file as a binary stream; raises ArchiveError when there is none."""
        part, inner = self._at(path)
        return part.open(inner)

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file in pieces."""
        part, inner = self._at(path)
        return part.chunks(inner)

    def read(self, path: str, limit: int = MAX_READ) -> bytes:
        """A whole file."""
        part, inner = self._at(path)
        return part.read(inner, limit)

    def json(self, path: str) -> Any:
        """A JSON document."""
        return parse_json(self.read(path), path)

    def _at(self, path: str) -> tuple[Files, str]:
        if path not in self._places:
            raise ArchiveError(f"There is no file {path!r}.")
        return self._places[path]


@contextmanager
def opened(row: Import, told: Callable[[], None]) -> Iterator[Files]:
    """The files of an import. Raises ArchiveError with a sentence, and FileNotFoundError when they are not kept any
    more."""
    if row.source == Source.FOLDER:
        yield with_tables(Watched(Folder(allowed_folder(row.folder)), told))
        return
    with ExitStack() as opened_files:
        yield with_tables(Watched(_files(row, opened_files), told))


def _files(row: Import, opened_files: ExitStack) -> Files:
    if row.source in FETCHED:
        there = list(row.files.filter(state=Part.FETCHED).values_list("path", "sha256"))
        if len(there) == 1:
            return _one(there[0][1], _last(there[0][0]), opened_files)
        return Several({path: _beside(sha256, path, opened_files) for path, sha256 in there})
    if not row.sha256:
        raise FileNotFoundError(row.name)
    return _one(row.sha256, row.name, opened_files)


def _one(sha256: str, name: str, opened_files: ExitStack) -> Files:
    """A stored file, or what is in it if it is an archive."""
    path = opened_files.enter_context(local_blob(sha256))
    # What is called an archive and is none is broken, not a picture or a table: the reader says so.
    if not name.lower().endswith(".zip") and not zipfile.is_zipfile(path):
        return LoneFile(path, name)
    archive = opened_files.enter_context(ArchiveReader(path, max_bytes=settings.MAX_IMPORT_BYTES * UNPACKED_TIMES))
    _refuse_bomb(path.stat().st_size, archive.unpacked)
    return archive


def _beside(sha256: str, path: str, opened_files: ExitStack) -> Files:
    """One of several files. Only archives are had as files of this machine while the run goes on: of the others there
    may be thousands, and the storage may be a bucket."""
    archive = path.lower().endswith(".zip")
    return _one(sha256, _last(path), opened_files) if archive else Stored(sha256, _last(path))


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _refuse_bomb(packed: int, unpacked: int) -> None:
    if unpacked > max(BOMB_BYTES, packed * BOMB_TIMES):
        raise ArchiveError(f"The archive is {packed} bytes and unpacks to {unpacked}: no data set is packed like that.")


def allowed_folder(given: str) -> Path:
    """Return a folder of the server that imports may read. Raises ApiError (`folder_not_allowed`), with the same words
    whether there is no such folder or nobody opened it."""
    wanted = Path(given)
    try:
        place = wanted.resolve(strict=True)
        known = any(place.is_relative_to(Path(root).resolve()) for root in settings.IMPORT_FOLDERS)
        if "\0" not in given and wanted.is_absolute() and known and place.is_dir():
            return place
    except (OSError, ValueError, RuntimeError):
        pass
    sentence = (
        "This is no folder that this server imports from. An administrator opens folders (MASKWRIGHT_IMPORT_FOLDERS)."
    )
    raise ApiError("folder_not_allowed", sentence, fields={"folder": [sentence]})

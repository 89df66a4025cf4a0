"""What an import is read from: an uploaded archive or file, or a folder of the server that an administrator opened.

Nothing is unpacked to disk. What an archive claims is checked before anything is read, and no file gives more than it
claims (zipfile stops there)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from annotator.imports.choices import Source
from annotator.imports.models import Import
from annotator.lib.errors import ApiError
from annotator.lib.scratch import local_blob
from export import ArchiveError, ArchiveReader
from export.archive import MAX_READ, parse_json
from export.files import Files, Folder, LoneFile

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


@contextmanager
def opened(row: Import, told: Callable[[], None]) -> Iterator[Files]:
    """The files of an import. Raises ArchiveError with a sentence, and FileNotFoundError when they are not kept any
    more."""
    if row.source == Source.FOLDER:
        yield Watched(Folder(allowed_folder(row.folder)), told)
        return
    if not row.sha256:
        raise FileNotFoundError(row.name)
    with local_blob(row.sha256) as path:
        if not zipfile.is_zipfile(path):
            yield Watched(LoneFile(path, row.name), told)
            return
        with ArchiveReader(path, max_bytes=settings.MAX_IMPORT_BYTES * UNPACKED_TIMES) as archive:
            _refuse_bomb(path.stat().st_size, archive.unpacked)
            yield Watched(archive, told)


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

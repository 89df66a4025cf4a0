"""Room for unfinished files, and blobs as files that can be read at any place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from annotator.lib import storage

_PIECE = 1 << 20


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for unfinished files, on the disk that holds everything else; gone at the end."""
    parent = Path(settings.MASKWRIGHT_VAR) / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)


@contextmanager
def local_blob(sha256: str) -> Iterator[Path]:
    """A blob as a file of this machine, for those who jump about in it: the stored one, or a copy of one that lies in
    a bucket. Not to be written to. Raises FileNotFoundError."""
    with local_file(storage.blob_name(sha256)) as path:
        yield path


@contextmanager
def local_file(name: str) -> Iterator[Path]:
    """The same for anything in the storage, by its name."""
    blobs = storage.blobs()
    try:
        path = Path(blobs.path(name))
    except NotImplementedError:
        with work_folder() as folder:
            copy = folder / "copy"
            with blobs.open(name, "rb") as source, copy.open("wb") as out:
                shutil.copyfileobj(source, out, _PIECE)
            yield copy
        return
    path.stat()
    yield path

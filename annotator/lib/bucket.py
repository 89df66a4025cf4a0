"""Blobs in a bucket that may stop answering. Saving objects needs no bucket, so threads that wait for one must never be
all of a process's: who comes when too many wait already is told at once that the storage does not answer."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.core.files.base import File
from storages.backends.s3 import S3Storage

from annotator.lib.webthreads import THREADS

WAITING = THREADS // 2
"""Threads of one process that may wait for the bucket at a time: half of those that a web process has."""
PATIENCE_SECONDS = 1.0
"""How long one more waits for its turn. A bucket that is well answers many times meanwhile."""

_seats = threading.BoundedSemaphore(WAITING)


@contextmanager
def seat() -> Iterator[None]:
    """Wait for the bucket as one of those who may. Raises TimeoutError (ETIMEDOUT, told as 503) when too many do."""
    if not _seats.acquire(timeout=PATIENCE_SECONDS):
        raise TimeoutError(errno.ETIMEDOUT, "Too many threads wait for the bucket")
    try:
        yield
    finally:
        _seats.release()


class BucketStorage(S3Storage):  # type: ignore[misc]
    """An S3 bucket. The question for a file, which opening asks first, is where a dead bucket is met; what follows it,
    the download of an archive for instance, may take long and takes no seat."""

    def _open(self, name: str, mode: str = "rb") -> IO[bytes]:
        with seat():
            return super()._open(name, mode)  # type: ignore[no-any-return]

    def _save(self, name: str, content: File[Any]) -> str:
        with seat():
            return super()._save(name, content)  # type: ignore[no-any-return]

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file."""
        with seat():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Delete a file, if there is one."""
        with seat():
            super().delete(name)

"""Content-addressed blobs behind Django's storage API (alias "blobs"): a blob's name is the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages


class BlobFileStorage(FileSystemStorage):
    """Local files that appear whole or not at all; the same name means the same bytes, so nothing is renamed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Keep the name: it is the content's hash."""
        return name

    def renew(self, name: str) -> bool:
        """Make a file as young as one written now; False when there is none."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name


def blobs() -> Storage:
    """Return the storage that holds the blobs: a folder, or a bucket, by setting."""
    return storages["blobs"]


def blob_name(sha256: str) -> str:
    """Return the storage name of a blob; two characters of fan-out keep folders small."""
    return f"{sha256[:2]}/{sha256}"


def put_bytes(data: bytes) -> str:
    """Store bytes and return their SHA-256 (hex). Storing the same bytes twice is one blob."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not _renewed(sha256):
        blobs().save(blob_name(sha256), ContentFile(data))
    return sha256


def put_file(path: Path) -> str:
    """Store a file of any size and return its SHA-256 (hex)."""
    sha256 = hash_file(path)
    if not _renewed(sha256):
        with path.open("rb") as source:
            blobs().save(blob_name(sha256), File(source))
    return sha256


def put_upload(upload: File[Any]) -> str:
    """Store an uploaded file of any size and return its SHA-256 (hex)."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    sha256 = digest.hexdigest()
    if not _renewed(sha256):
        upload.seek(0)
        blobs().save(blob_name(sha256), upload)
    return sha256


def _renewed(sha256: str) -> bool:
    """Whether the blob is stored already; it then counts as young again, for the row that will need it is not written
    yet, and who collects what nobody needs leaves the young alone. A bucket has no other way than to store it anew."""
    renew: Callable[[str], bool] | None = getattr(blobs(), "renew", None)
    return renew is not None and renew(blob_name(sha256))


def open_blob(sha256: str) -> IO[bytes]:
    """Open a blob for reading. Raises FileNotFoundError."""
    return blobs().open(blob_name(sha256), "rb")


def has_blob(sha256: str) -> bool:
    """Tell whether the blob is stored."""
    return blobs().exists(blob_name(sha256))


def delete_blob(sha256: str) -> None:
    """Delete a blob. Whoever calls has made sure that no row needs it."""
    blobs().delete(blob_name(sha256))


def hash_file(path: Path) -> str:
    """Return a file's SHA-256 (hex) without reading it into memory at once."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()

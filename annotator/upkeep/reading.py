"""Whether stored bytes are what they were, and can be read as what they are."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import zipfile
from pathlib import Path
from typing import IO

from PIL import Image as Picture

from annotator.lib.holdings import Kind

Picture.MAX_IMAGE_PIXELS = None
"""What is stored was measured when it came."""
PIECE = 1 << 20
HASHED = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\Z")
"""The name of a blob in the storage; other files there have names that say nothing of their bytes."""


def hash_named(name: str) -> str:
    """Return the hash that a file's name says it has, or ""."""
    found = HASHED.match(name)
    return found.group(1) if found else ""


def digest(source: IO[bytes]) -> tuple[str, int]:
    """Return SHA-256 (hex) and size of what a stream holds, reading it piece by piece."""
    known, size = hashlib.sha256(), 0
    while piece := source.read(PIECE):
        known.update(piece)
        size += len(piece)
    return known.hexdigest(), size


def digest_from_disk(path: Path) -> tuple[str, int]:
    """The same for a file that was just written: from the disk, where the system can be asked for that."""
    with path.open("rb") as source:
        if hasattr(os, "posix_fadvise"):
            os.fsync(source.fileno())
            os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return digest(source)


def unreadable(path: Path, kind: Kind) -> str:
    """Return why a file cannot be read as what it is, or ""."""
    try:
        match kind:
            case Kind.PICTURE:
                with Picture.open(path) as picture:
                    picture.load()
            case Kind.GZIP:
                with gzip.open(path) as packed:
                    digest(packed)  # type: ignore[arg-type]
            case Kind.ZIP:
                with zipfile.ZipFile(path) as archive:
                    if broken := archive.testzip():
                        return f"{broken} in it is damaged"
            case Kind.TENSORS:
                _read_tensors(path)
    except Exception as error:  # readers of bad bytes raise what they like
        return f"{type(error).__name__}: {error}"
    return ""


def _read_tensors(path: Path) -> None:
    """Read the head of a safetensors file and see whether it is as long as that says. Raises ValueError and others."""
    with path.open("rb") as source:
        length = int.from_bytes(source.read(8), "little")
        if not 0 < length <= path.stat().st_size - 8:
            raise ValueError("its head is longer than the file")
        head = json.loads(source.read(length))
    end = max((tensor["data_offsets"][1] for name, tensor in head.items() if name != "__metadata__"), default=0)
    if 8 + length + end != path.stat().st_size:
        raise ValueError(f"it has {path.stat().st_size} bytes, and its head says {8 + length + end}")

"""Fetch a checkpoint: resumable, checked, and atomic. Only the standard library; proxies come from the environment."""

from __future__ import annotations

import hashlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, cast

from sam_backend.registry import Checkpoint

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

CHUNK = 1 << 20
TIMEOUT = 30.0
"""Seconds without a byte after which a connection counts as lost."""

Progress = Callable[[int, int], None]
"""Called with the bytes that lie on disk and the bytes of the whole file."""


def fetch(entry: Checkpoint, folder: Path, progress: Progress = lambda done, total: None) -> Path:
    """The checkpoint's file in `folder`, fetched if it is not there yet.

    A transfer that was cut off goes on where it stopped. The file gets its name only when its hash is right.

    Raises:
        ValueError: no network, no space, or a file that is not the published one. The sentence says what to do.
    """
    target, part = folder / entry.file_name, folder / f"{entry.file_name}.part"
    if target.is_file():
        check_file(target, entry)
        return target
    folder.mkdir(parents=True, exist_ok=True)
    _check_space(entry, folder, part)
    with _alone(folder / f"{entry.file_name}.lock", entry):
        if target.is_file():  # another process has just finished
            return target
        try:
            _transfer(entry, part, progress)
        except (urllib.error.URLError, HTTPException, OSError) as error:
            raise ValueError(_offline(entry, target, error)) from error
        _finish(entry, part, target)
    return target


def check_file(path: Path, entry: Checkpoint) -> None:
    """Raise ValueError unless `path` is the published file."""
    size = path.stat().st_size
    if size != entry.bytes:
        raise ValueError(
            f"{path} has {size:,} bytes; the published {entry.file_name} has {entry.bytes:,}. "
            "It was cut off or is another file: remove it and try again."
        )
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != entry.sha256:
        raise ValueError(f"{path} is not the published {entry.file_name}: its sha256 is {digest}, not {entry.sha256}.")


@contextmanager
def _alone(path: Path, entry: Checkpoint) -> Iterator[None]:
    """Hold a lock, which the system drops when its holder dies: two processes would write into one file."""
    if fcntl is None:  # Windows keeps two writers apart itself
        yield
        return
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ValueError(f"{entry.file_name} is being fetched by another process. Wait for that one.") from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _transfer(entry: Checkpoint, part: Path, progress: Progress) -> None:
    done = part.stat().st_size if part.is_file() else 0
    if done >= entry.bytes:
        return
    request = urllib.request.Request(entry.url, headers={"Range": f"bytes={done}-"} if done else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        resumed = answer.status == 206  # a server that ignores the range sends everything again
        with part.open("ab" if resumed else "wb") as out:
            _copy(cast(BinaryIO, answer), out, done if resumed else 0, entry.bytes, progress)


def _copy(source: BinaryIO, target: BinaryIO, done: int, total: int, progress: Progress) -> None:
    while chunk := source.read(CHUNK):
        target.write(chunk)
        done += len(chunk)
        progress(done, total)
    if done < total:
        raise ConnectionError(f"the connection closed after {done:,} of {total:,} bytes")


def _finish(entry: Checkpoint, part: Path, target: Path) -> None:
    try:
        check_file(part, entry)
    except ValueError:
        part.unlink()  # nothing in it can be trusted to resume from
        raise
    part.replace(target)


def _check_space(entry: Checkpoint, folder: Path, part: Path) -> None:
    missing = entry.bytes - (part.stat().st_size if part.is_file() else 0)
    free = shutil.disk_usage(folder).free
    if free < missing:
        raise ValueError(f"{folder} has {free / 1e9:.1f} GB free; {entry.file_name} needs {missing / 1e9:.1f} GB more.")


def _offline(entry: Checkpoint, target: Path, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return (
        f"{entry.url} could not be fetched ({reason}). What has arrived is kept; try again to go on. "
        f"Without a network: fetch the file elsewhere and put it at {target}."
    )

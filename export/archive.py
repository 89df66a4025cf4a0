"""Zip archives that are written as a stream and come out the same bytes for the same content.

Every member carries one fixed time and fixed permissions, members keep the order they are added in, and the last one,
`manifest.json`, lists size and sha256 of all the others: a receiver can prove that nothing was lost on the way.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Self

from export.behind import Behind

MANIFEST = "manifest.json"
_TIME = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_TOGETHER = 1 << 17
"""Bytes that are hashed and packed at once where they come in smaller pieces."""
_LEVEL = 2
"""Of deflate: a third of the time of the usual 6, for 9 % more bytes of run lengths."""
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
MAX_READ = 1 << 30
"""Bytes of one file that is read whole (a JSON document, a label map): the annotations of COCO 2017 are half of it."""
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError,
    ValueError,  # a file that begins before the archive does; a name that is no text
)  # fmt: skip
"""What zipfile raises for damaged, encrypted and strangely packed members."""
_PACKED = {".jpg", ".jpeg", ".png", ".webp", ".gz", ".zip", ".parquet"}


class ArchiveError(ValueError):
    """An archive that must not be written or cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, as the manifest lists it."""

    path: str
    bytes: int
    sha256: str


class ArchiveWriter:
    """Writes members one after the other to a binary file; closing adds the manifest.

    Left by an exception, the archive stays without manifest and central directory, so nobody can mistake it for whole.
    """

    def __init__(self, target: IO[bytes], manifest: Mapping[str, Any] | None = None) -> None:
        self._zip = zipfile.ZipFile(target, "w", allowZip64=True)
        self.manifest: dict[str, Any] = dict(manifest or {})
        self.members: list[Member] = []
        self._taken: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self._zip.fp = None  # so that nothing is added to the target any more, not even when this is collected

    def add(self, path: str, chunks: bytes | str | Iterable[bytes]) -> Member:
        """Adds one file from bytes, text (UTF-8) or a stream; raises ArchiveError on an unsafe or taken path."""
        self._claim(path)
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_entry(path), "w", force_zip64=True) as file:

            def take(data: bytes) -> None:
                digest.update(data)
                file.write(data)

            with Behind(take) as behind:
                for chunk in _as_chunks(chunks):
                    size += len(chunk)
                    behind.write(chunk)
        member = Member(path, size, digest.hexdigest())
        self.members.append(member)
        return member

    def add_json(self, path: str, value: object) -> Member:
        """Adds a small JSON document."""
        return self.add(path, dump_json(value) + "\n")

    def close(self) -> None:
        """Adds the manifest and the directory."""
        files = [asdict(member) for member in self.members]
        text = json.dumps(self.manifest | {"files": files}, ensure_ascii=False, indent=1, sort_keys=True)
        with self._zip.open(_entry(MANIFEST), "w", force_zip64=True) as file:
            file.write(text.encode("utf-8"))
        self._zip.close()

    def _claim(self, path: str) -> None:
        check_path(path)
        folded = path.casefold()
        if folded in self._taken or folded == MANIFEST:
            raise ArchiveError(f"The archive already holds a file named {path!r}.")
        self._taken.add(folded)


class ArchiveReader:
    """Reads an archive somebody sent: paths and sizes are checked before anything is unpacked.

    With `hashed`, what is read to its end is hashed meanwhile, and `verify` does not unpack it once more."""

    def __init__(
        self, source: IO[bytes] | Path, *, max_bytes: int = 1 << 36, max_members: int = 1_000_000, hashed: bool = False
    ) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise ArchiveError("The file is not a zip archive, or its end is missing.") from error
        # Not is_dir(), which fails for a name without letters.
        infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        if len(infos) > max_members:
            raise ArchiveError(f"The archive holds {len(infos)} files; {max_members} are the most.")
        self.unpacked = sum(info.file_size for info in infos)
        """Bytes that the files say they unpack to."""
        if self.unpacked > max_bytes:
            raise ArchiveError(f"The archive unpacks to more than {max_bytes} bytes.")
        for info in infos:
            check_path(info.filename)
            if stat.S_ISLNK(info.external_attr >> 16):
                raise ArchiveError(f"{info.filename} is a link; links are not followed.")
        self._infos = {info.filename: info for info in infos}
        self._hashed = hashed
        self._hashes: dict[str, str] = {}
        if len(self._infos) < len(infos):
            raise ArchiveError("The archive holds two files under one name.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def paths(self) -> list[str]:
        """Every file's path, in the archive's order."""
        return list(self._infos)

    def open(self, path: str) -> IO[bytes]:
        """A file as a binary stream; raises ArchiveError when there is none."""
        if path not in self._infos:
            raise ArchiveError(f"The archive has no file {path!r}.")
        try:
            file = self._zip.open(self._infos[path])
            return _Hashed(file, path, self._hashes).buffered() if self._hashed else file
        except _UNREADABLE as error:
            raise ArchiveError(f"{path} cannot be unpacked: {error}.") from error

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file in pieces of at most a mebibyte; raises ArchiveError when it is damaged."""
        with self.open(path) as file:
            try:
                while chunk := file.read(_CHUNK):
                    yield chunk
            except _UNREADABLE as error:
                raise ArchiveError(f"{path} cannot be unpacked: {error}.") from error

    def read(self, path: str, limit: int = MAX_READ) -> bytes:
        """A whole file; raises ArchiveError when it is damaged or larger than `limit` bytes."""
        if path in self._infos and self._infos[path].file_size > limit:
            raise ArchiveError(f"{path} unpacks to {self._infos[path].file_size} bytes; {limit} are the most.")
        return b"".join(self.chunks(path))

    def json(self, path: str) -> Any:
        """A JSON document; raises ArchiveError when it is none."""
        return parse_json(self.read(path), path)

    def verify(self) -> dict[str, Any]:
        """The manifest, once every file has the size and sha256 it lists and none is missing or added."""
        manifest: dict[str, Any] = self.json(MANIFEST)
        listed = {entry["path"]: entry for entry in manifest["files"]}
        if set(listed) != set(self._infos) - {MANIFEST}:
            raise ArchiveError("The archive's files are not those its manifest lists.")
        for path, entry in listed.items():
            if self._hash(path) != entry["sha256"] or self._infos[path].file_size != entry["bytes"]:
                raise ArchiveError(f"{path} is not the file the manifest describes.")
        return manifest

    def _hash(self, path: str) -> str:
        if path not in self._hashes:
            digest = hashlib.sha256()
            for chunk in self.chunks(path):
                digest.update(chunk)
            self._hashes[path] = digest.hexdigest()
        return self._hashes[path]


class _Hashed(io.RawIOBase):
    """A member that is hashed while it is read, from its begin to its end."""

    def __init__(self, file: IO[bytes], path: str, hashes: dict[str, str]) -> None:
        self._file, self._path, self._hashes = file, path, hashes
        self._digest = hashlib.sha256()

    def buffered(self) -> IO[bytes]:
        return io.BufferedReader(self, _TOGETHER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._digest.update(data)
        if not data:
            self._hashes[self._path] = self._digest.hexdigest()
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def parse_json(data: bytes, path: str) -> Any:
    """A JSON document (UTF-8, 16 or 32); raises ArchiveError when it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:  # wrong encoding, wrong JSON, a number of 5,000 digits, deep nesting
        raise ArchiveError(f"{path} is not JSON: {error}.") from error


def check_path(path: str) -> None:
    """Raises ArchiveError unless `path` is relative, inside the archive and the same on every system."""
    parts = PurePosixPath(path).parts
    unsafe = path.startswith("/") or "\\" in path or ":" in path.split("/")[0] or ".." in parts or "\0" in path
    if not parts or unsafe or "/".join(parts) != path:
        raise ArchiveError(f"{path!r} is not a safe path inside an archive.")


def dump_json(value: object) -> str:
    """Compact JSON, UTF-8 as it is, NaN refused (ValueError)."""
    return _JSON.encode(value)


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _TIME)
    packed = PurePosixPath(path).suffix.lower() in _PACKED
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # the only way for one written as a stream
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _as_chunks(chunks: bytes | str | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(chunks, str):
        return [chunks.encode("utf-8")]
    return [chunks] if isinstance(chunks, bytes) else chunks

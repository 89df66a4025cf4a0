"""Entries of a JSON document gathered on disk while other members of an archive are written: memory stays the same
however many there are. One entry is one line, so that it can be read back as a stream, too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from io import BufferedReader
from tempfile import SpooledTemporaryFile
from typing import IO, Any

KEPT_IN_MEMORY = 1 << 20
_CHUNK = 1 << 18
_TOGETHER = 1 << 15


class Spool:
    """Grows by entries; gone once it is closed or forgotten."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115  # closes itself when nobody holds it

    def add(self, entry: str) -> None:
        """Appends an entry: JSON without a line break, or `name:JSON` where the document is an object."""
        self._file.write((",\n" if self._file.tell() else "").encode() + entry.encode())

    def document(self, head: str, tail: str) -> Iterator[bytes]:
        """The whole text: head, entries, tail. Nothing can be added after it."""
        yield head.encode() + b"\n"
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk
        yield b"\n" + tail.encode() + b"\n"


def named(lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """The names and values of a document that was written so, one by one. Raises ValueError for what is not JSON."""
    for line in lines:
        if line.startswith(b'"'):
            yield from json.loads(b"{" + line.rstrip(b",\n") + b"}").items()


def in_batches(file: IO[bytes]) -> Iterator[list[bytes]]:
    """The lines of a file, with their ends, some hundred kilobytes at a time."""
    with BufferedReader(file, _TOGETHER) as lines:  # type: ignore[type-var]  # reads by `readinto`, which all have
        while batch := lines.readlines(_TOGETHER):
            yield batch


def parsed(lines: Iterable[bytes]) -> list[Any]:
    """The values of lines that are JSON each, read at once. Raises ValueError for what is not JSON."""
    values: list[Any] = json.loads(b"[" + b",".join(lines) + b"]")
    return values

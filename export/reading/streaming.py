"""A JSON document of any size: an object whose lists are walked entry by entry, so that memory holds one of them; a
list alone; and lines of text.

The parsing is the standard library's; here it is only found out where each entry begins.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from json.decoder import WHITESPACE, JSONDecoder  # type: ignore[attr-defined]
from typing import Any

from export.archive import ArchiveError
from export.files import Files

MOST = 1 << 28
"""Characters of one entry."""
_NEAR = 16
"""An error so near the end of what was read may come of what was not read yet: a literal is shorter."""


class Document:
    """A JSON document among files. Each walk reads it anew; all raise ArchiveError for what is no JSON."""

    def __init__(self, files: Files, path: str) -> None:
        self._files, self._path = files, path

    def outline(self) -> dict[str, Any] | None:
        """What the object holds, its lists empty; None where the document is no object. The whole is checked."""
        found: dict[str, Any] = {}
        try:
            for key, value, is_entry in self._walk():
                if not is_entry:
                    found[key] = value
        except _NoObject:
            self._files.json(self._path)
            return None
        return found

    def members(self) -> Iterator[tuple[str, Any]]:
        """Each name in the object with its value, one by one; of a list nothing but that it is one. Raises ValueError
        where the document is no object."""
        for key, value, is_entry in self._walk():
            if not is_entry:
                yield key, value

    def entries(self, name: str) -> Iterator[Any]:
        """The entries of the list under that name; none where it is not there or no list."""
        for key, value, is_entry in self._walk():
            if is_entry and key == name:
                yield value
            elif not is_entry and key != name and name in self._seen:
                return

    def values(self) -> Iterator[Any]:
        """The entries of a document that is a list; of any other the document itself, whole."""
        try:
            text = _Text(self._files.chunks(self._path))
            is_list = text.next(0) == "["
            if is_list:
                yield from _entries(text)
                if text.next(0):
                    raise text.wrong("Extra data")
        except (ValueError, RecursionError) as error:
            if isinstance(error, ArchiveError):
                raise
            raise ArchiveError(f"{self._path} is not JSON: {error}.") from error
        if not is_list:
            yield self._files.json(self._path)

    def _walk(self) -> Iterator[tuple[str, Any, bool]]:
        """Each key with its value, a list as an empty one first and then as (key, entry, True) for each entry."""
        self._seen: set[str] = set()
        try:
            text = _Text(self._files.chunks(self._path))
            if text.next() != "{":
                raise _NoObject
            yield from self._members(text)
            if text.next(0):
                raise text.wrong("Extra data")
        except (ValueError, RecursionError) as error:
            if isinstance(error, ArchiveError | _NoObject):
                raise
            raise ArchiveError(f"{self._path} is not JSON: {error}.") from error

    def _members(self, text: _Text) -> Iterator[tuple[str, Any, bool]]:
        text.skip("{")
        if text.next() == "}":
            text.skip("}")
            return
        while True:
            if text.next() != '"':
                raise text.wrong("Expecting property name enclosed in double quotes")
            key = text.value()
            text.skip(":")
            if text.next() == "[":
                yield key, [], False
                for entry in _entries(text):
                    yield key, entry, True
            else:
                yield key, text.value(), False
            self._seen.add(key)
            if text.next() == "}":
                text.skip("}")
                return
            text.skip(",")


def lines(files: Files, path: str) -> Iterator[str]:
    """The lines of a text in UTF-8, without their ends. Raises ArchiveError for another encoding, or a line that is
    longer than what is read."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    begun: list[str] = []
    try:
        for chunk in files.chunks(path):
            first, *others = decoder.decode(chunk).split("\n")
            begun.append(first)
            if others:
                yield "".join(begun)
                yield from others[:-1]
                begun = [others[-1]]
            elif sum(map(len, begun)) > MOST:
                raise ArchiveError(f"{path} has a line of more than {MOST} characters.")
        yield "".join([*begun, decoder.decode(b"", final=True)])
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{path} is no text in UTF-8: {error}.") from error


class _NoObject(ValueError):
    """The document is something else than an object."""

    def __init__(self) -> None:
        super().__init__("It is no object in JSON.")


def _entries(text: _Text) -> Iterator[Any]:
    text.skip("[")
    if text.next() == "]":
        text.skip("]")
        return
    while True:
        yield text.value()
        if text.next() == "]":
            text.skip("]")
            return
        text.skip(",")


class _Text:
    """Text that is read as far as it is needed."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        first = next(chunks, b"")
        while len(first) < 4 and (more := next(chunks, b"")):
            first += more
        # As `json.loads` reads bytes.
        self._decoder = codecs.getincrementaldecoder(json.detect_encoding(first))("surrogatepass")
        self._text, self._at, self._before, self._ended = self._decoder.decode(first), 0, 0, False
        self._parser = JSONDecoder()

    def next(self, least: int = 1) -> str:
        """The next character that is no blank; of the end an error, or "" where `least` is 0."""
        while True:
            self._at = WHITESPACE.match(self._text, self._at).end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                if least:
                    raise self.wrong("It ends too early")
                return ""

    def skip(self, expected: str) -> None:
        """Goes past one character."""
        if self.next() != expected:
            raise self.wrong(f"Expecting '{expected}' delimiter")
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.next()
        while True:
            try:
                value, end = self._parser.raw_decode(self._text, self._at)
                # A number may go on: after "1" may come ".5", after "1" and "e+" a digit.
                if end + 2 < len(self._text) or self._ended:
                    self._at = end
                    return value
            except json.JSONDecodeError as error:
                unfinished = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _NEAR
                if self._ended or not unfinished:
                    raise self.wrong(error.msg, error.pos) from None
            if len(self._text) - self._at > MOST:
                raise self.wrong(f"One entry has more than {MOST} characters")
            self._more(len(self._text) - self._at)

    def wrong(self, what: str, at: int | None = None) -> ValueError:
        """An error with its place, as `json` tells it."""
        return ValueError(f"{what} (char {self._before + (self._at if at is None else at)})")

    def _more(self, least: int = 0) -> bool:
        """Reads on, at least so many bytes; False at the end."""
        pieces = [self._text[self._at :]]
        self._before += self._at
        self._at, read = 0, 0
        while read <= least and not self._ended:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            pieces.append(self._decoder.decode(chunk, final=not chunk))
            read += len(chunk)
        self._text = "".join(pieces)
        return read > 0

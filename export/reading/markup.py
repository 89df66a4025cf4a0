"""XML that somebody sent. Document types and entities, the way to bombs and to other people's files, are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from export.archive import ArchiveError

MAX_DEPTH = 100


def parse_xml(data: bytes, path: str) -> Element:
    """The root element. Raises ArchiveError when it is not XML, has a document type, or is nested absurdly deep."""
    (root,) = _Parser(path, 1).parse([data])
    return root


def children(chunks: Iterable[bytes], path: str) -> Iterator[Element]:
    """The root element alone, with its attributes, then each element right inside it as soon as it is whole: of a
    document of any size memory holds one of them. Raises like `parse_xml`, when it comes to what is wrong."""
    return _Parser(path, 2).parse(chunks)


class _Parser:
    """Gives the elements of one depth (the root's is 1), each whole; of those around them the tag and attributes."""

    def __init__(self, path: str, wanted: int) -> None:
        self._path, self._wanted, self._depth = path, wanted, 0
        self._done: list[Element] = []
        self._builder = TreeBuilder()
        self._expat = expat.ParserCreate()
        self._expat.StartElementHandler, self._expat.EndElementHandler = self._start, self._end
        self._expat.CharacterDataHandler = self._text
        self._expat.StartDoctypeDeclHandler = self._refuse

    def parse(self, chunks: Iterable[bytes]) -> Iterator[Element]:
        try:
            for chunk, is_last in _told_the_last(chunks):
                self._expat.Parse(chunk, is_last)
                done, self._done = self._done, []
                yield from done
        except (expat.ExpatError, ValueError, LookupError) as error:
            if isinstance(error, ArchiveError):
                raise
            raise ArchiveError(f"{self._path} is not XML: {error}.") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ArchiveError(f"{self._path} is nested deeper than {MAX_DEPTH} elements.")
        if self._depth < self._wanted:
            self._done.append(Element(name, attributes))
            return
        if self._depth == self._wanted:
            self._builder = TreeBuilder()
        self._builder.start(name, attributes)

    def _end(self, name: str) -> None:
        if self._depth >= self._wanted:
            self._builder.end(name)
        if self._depth == self._wanted:
            self._done.append(self._builder.close())
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._depth >= self._wanted:
            self._builder.data(text)

    def _refuse(self, *_: object) -> None:
        raise ArchiveError(f"{self._path} declares a document type, which is not read: it could be made to explode.")


def _told_the_last(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for chunk in chunks:
        yield chunk, False
    yield b"", True


def child(element: Element, name: str, default: str | None = None) -> str:
    """The text of a child element. Raises ValueError when there is none, and no default."""
    found = element.find(name)
    if found is None or found.text is None:
        if default is None:
            raise ValueError(f"<{name}> is missing.")
        return default
    return found.text.strip()

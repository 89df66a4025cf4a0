"""XML that somebody sent. Document types and entities, the way to bombs and to other people's files, are refused."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from export.archive import ArchiveError

MAX_DEPTH = 100


def parse_xml(data: bytes, path: str) -> Element:
    """The root element. Raises ArchiveError when it is not XML, has a document type, or is nested absurdly deep."""
    builder, parser = TreeBuilder(), expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ArchiveError(f"{path} is nested deeper than {MAX_DEPTH} elements.")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_: object) -> None:
        raise ArchiveError(f"{path} declares a document type, which is not read: it could be made to explode.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"{path} is not XML: {error}.") from error
    return builder.close()


def child(element: Element, name: str, default: str | None = None) -> str:
    """The text of a child element. Raises ValueError when there is none, and no default."""
    found = element.find(name)
    if found is None or found.text is None:
        if default is None:
            raise ValueError(f"<{name}> is missing.")
        return default
    return found.text.strip()

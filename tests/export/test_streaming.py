"""Documents that are walked entry by entry hold what `json`, or an XML parser, finds in them, and are refused where it
refuses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export import FORMATS, ArchiveError
from export.files import LoneFile
from export.formats.index import PATH, read_index
from export.reading import Problems
from export.reading.markup import children, parse_xml
from export.reading.streaming import Document, lines
from tests.export.conftest import archive_of, make_dataset

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


class Dripping(LoneFile):
    """One file that comes in pieces of some bytes, so that every entry is cut somewhere."""

    def __init__(self, data: bytes, piece: int) -> None:
        super().__init__(Path("a.json"))
        self._data, self._piece = data, piece

    def chunks(self, path: str) -> Iterator[bytes]:
        return (self._data[at : at + self._piece] for at in range(0, len(self._data), self._piece))

    def read(self, path: str, limit: int = 0) -> bytes:
        return self._data


def read(data: bytes, piece: int) -> dict[str, Any] | None:
    """The whole document by its outline and its entries."""
    document = Document(Dripping(data, piece), "a.json")
    outline = document.outline()
    if outline is None:
        return None
    return {key: list(document.entries(key)) if value == [] else value for key, value in outline.items()}


@given(
    st.dictionaries(st.text(max_size=4), VALUES, max_size=5), st.integers(1, 40), st.sampled_from(["utf-8", "utf-16"]),
    st.sampled_from([None, 1]),
)  # fmt: skip
def test_whatever_the_pieces_it_is_what_json_reads(
    value: dict[str, Any], piece: int, encoding: str, indent: int | None
) -> None:
    data = json.dumps(value, ensure_ascii=False, indent=indent).encode(encoding, "surrogatepass")
    assert read(data, piece) == json.loads(data)


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "}", '{"a"', '{"a":', '{"a":1', '{"a":1,}', '{"a":1}x', '{"a" 1}', "{a:1}", '{"a":[1}', '{"a":[1,]}',
     '{"a":[1 2]}', '{"a":[1,', '{"a":[tru]}', '{"a":[{"b":}]}', '{"a":["\\q"]}', '{"a":"\n"}', "[", "nul",
     '{"a":' + "[" * 100_000],
)  # fmt: skip
@pytest.mark.parametrize("piece", [1, 3, 1 << 20])
def test_what_json_refuses_is_refused(text: str, piece: int) -> None:
    with pytest.raises((ValueError, RecursionError)):
        json.loads(text)
    with pytest.raises(ArchiveError, match="is not JSON"):
        read(text.encode(), piece)


def test_letters_of_another_encoding_are_refused() -> None:
    with pytest.raises(ArchiveError, match="is not JSON"):
        read('{"a": "éè"}'.encode("latin-1"), 5)


def test_what_is_no_object_has_no_outline() -> None:
    assert read(b"[1, 2]", 2) is None


def test_an_error_in_the_middle_is_found_without_reading_to_the_end() -> None:
    """Otherwise a broken file of gigabytes would be gathered in memory."""
    taken = list[int]()

    class Endless(Dripping):
        def chunks(self, path: str) -> Iterator[bytes]:
            yield b'{"a": [{"b" 1}, '
            for at in range(10_000):
                taken.append(at)
                yield b"1, " * 100

    with pytest.raises(ArchiveError):
        Document(Endless(b"", 1), "a.json").outline()
    assert len(taken) < 10


@given(st.lists(VALUES, max_size=6), st.integers(1, 40))
def test_a_list_alone_gives_its_entries_and_anything_else_itself(value: list[Any], piece: int) -> None:
    whole = json.dumps(value).encode()
    assert list(Document(Dripping(whole, piece), "a.json").values()) == value
    held = json.dumps({"a": value}).encode()
    assert list(Document(Dripping(held, piece), "a.json").values()) == [{"a": value}]
    for broken in (whole[:-1], whole + b"]", b""):
        with pytest.raises(ArchiveError):
            list(Document(Dripping(broken, piece), "a.json").values())


@given(st.text(max_size=60), st.integers(1, 9), st.booleans())
def test_lines_are_those_of_the_text_whatever_the_pieces(text: str, piece: int, marked: bool) -> None:
    data = text.encode("utf-8-sig" if marked else "utf-8", "replace")
    assert list(lines(Dripping(data, piece), "a.jsonl")) == data.decode("utf-8-sig").split("\n")


def test_a_text_of_another_encoding_is_refused() -> None:
    with pytest.raises(ArchiveError, match="UTF-8"):
        list(lines(Dripping("größe".encode("latin-1"), 2), "a.jsonl"))


XML = """<?xml version="1.0"?><root a="1"> lost <!-- no --><one b="2">text<two/>tail</one>
<three/><one>é &amp; <![CDATA[<x>]]></one></root>"""


@given(st.integers(1, 60), st.sampled_from(["utf-8", "utf-16"]))
def test_elements_come_one_by_one_as_a_parser_of_the_whole_has_them(piece: int, encoding: str) -> None:
    data = XML.encode(encoding)
    root, *elements = children(Dripping(data, piece).chunks(""), "a.xml")
    whole = ElementTree.fromstring(data)
    assert (root.tag, root.attrib, len(root)) == ("root", {"a": "1"}, 0)
    assert strip(parse_xml(data, "a.xml")) == strip(whole)
    assert [strip(one) for one in elements] == [strip(one) for one in whole]


def strip(element: ElementTree.Element) -> bytes:
    """The element without what follows it."""
    element.tail = None
    return ElementTree.tostring(element)


def test_xml_that_breaks_off_or_declares_a_type_is_refused_when_it_comes_to_that() -> None:
    for broken in (XML[:-4], XML + "<more/>", "", "<!DOCTYPE a [<!ENTITY x 'x'>]><a/>", "<a>" * 200):
        with pytest.raises(ArchiveError):
            list(children(Dripping(broken.encode(), 7).chunks(""), "a.xml"))


class Sparing(LoneFile):
    """One file that may be walked, but not read whole."""

    def read(self, path: str, limit: int = 0) -> bytes:
        raise AssertionError(f"{path} was read whole.")


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("cvat", "annotations.xml"), ("labelstudio", "result.json"), ("imagefolder", "train/metadata.jsonl"),
        ("csv", "objects.csv"), ("fiftyone", "samples.json"), ("coco", "annotations/instances_default.json"),
    ],
)  # fmt: skip
def test_the_long_document_of_a_format_is_never_read_whole(name: str, document: str, tmp_path: Path) -> None:
    archive, _ = archive_of(FORMATS[name].write, make_dataset())
    place = tmp_path / Path(document).name
    place.write_bytes(archive.read(document))
    read_format = FORMATS[name].read
    assert read_format is not None
    dataset, _ = read_format(Sparing(place))
    assert len(dataset.images) == 2


@given(
    st.dictionaries(st.text(max_size=4), VALUES.filter(lambda value: not isinstance(value, list)), max_size=5),
    st.integers(1, 40),
)
def test_members_come_one_by_one_as_json_reads_them(value: dict[str, Any], piece: int) -> None:
    document = Document(Dripping(json.dumps(value).encode(), piece), "a.json")
    assert list(document.members()) == list(value.items())


@pytest.mark.parametrize("text", ["[]", "5", '"a"'])
def test_members_of_something_else_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no object"):
        list(Document(Dripping(text.encode(), 3), "a.json").members())


class Whole(LoneFile):
    """objects.json that cannot be had as a whole."""

    def __init__(self, data: bytes) -> None:
        super().__init__(Path(PATH))
        self._data = data

    def chunks(self, path: str) -> Iterator[bytes]:
        return iter([self._data[:50], self._data[50:]])

    def read(self, path: str, limit: int = 0) -> bytes:
        raise AssertionError("It was read as a whole.")

    json = read


@pytest.mark.parametrize("indent", [None, 2])
def test_the_list_of_objects_is_walked_however_it_is_laid_out(indent: int | None) -> None:
    archive, _ = archive_of(FORMATS["yolo"].write, make_dataset())
    document = json.loads(archive.read(PATH))
    document["odd"] = [5]
    problems = Problems()
    found = read_index(Whole(json.dumps(document, indent=indent).encode()), problems)
    assert {file: list(entry.ids) for file, entry in found.items()} == {
        file: raw["ids"] for file, raw in document.items() if file != "odd"
    }
    assert [problem.item for problem in problems.listed()] == ["odd"]

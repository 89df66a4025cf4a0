"""Documents that are walked entry by entry hold what `json` finds in them, and are refused where it refuses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export import ArchiveError
from export.files import LoneFile
from export.reading.streaming import Document

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

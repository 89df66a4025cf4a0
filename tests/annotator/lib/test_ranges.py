"""A piece of a file: what a Range header asks for, and what comes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from annotator.lib.ranges import file_response, wanted

BODY = bytes(range(200))


@pytest.mark.parametrize(
    ("header", "piece"),
    [
        ("", None),
        ("bytes=0-", (0, 200)),
        ("bytes=10-19", (10, 20)),
        ("bytes=190-500", (190, 200)),
        ("bytes=-5", (195, 200)),
        ("bytes=-500", (0, 200)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_what_is_asked_for(header: str, piece: tuple[int, int] | None) -> None:
    assert wanted(header, 200) == piece


@pytest.mark.parametrize("header", ["bytes=200-", "bytes=900-901", "bytes=-0"])
def test_nothing_of_the_file_lies_there(header: str) -> None:
    with pytest.raises(ValueError, match="lies outside of 200 bytes"):
        wanted(header, 200)


def answer(**headers: str) -> Any:
    request = Request(APIRequestFactory().get("/", headers=headers))
    return file_response(request, io.BytesIO(BODY), len(BODY), '"abc"', "a.zip", "application/zip")


@given(st.integers(0, 199), st.integers(0, 300))
def test_two_pieces_are_the_whole(cut: int, size: int) -> None:
    first, rest = answer(Range=f"bytes=0-{cut}"), answer(Range=f"bytes={cut + 1}-{cut + 1 + size}")
    assert (first.status_code, first["Content-Range"]) == (206, f"bytes 0-{cut}/200")
    head = first.getvalue()
    assert head == BODY[: cut + 1]
    assert first["Content-Length"] == str(len(head))
    if cut == 199:
        assert (rest.status_code, rest["Content-Range"]) == (416, "bytes */200")
    else:
        assert head + rest.getvalue() == BODY[: cut + 2 + size]


@pytest.mark.parametrize(
    ("headers", "status", "size"),
    [
        ({}, 200, 200),
        ({"Range": "bytes=5-9"}, 206, 5),
        ({"Range": "bytes=5-9", "If-Range": '"abc"'}, 206, 5),
        ({"Range": "bytes=5-9", "If-Range": '"older"'}, 200, 200),
    ],
)
def test_a_piece_of_another_file_is_not_sent(headers: dict[str, str], status: int, size: int) -> None:
    got = answer(**headers)
    assert (got.status_code, len(got.getvalue()), got["Content-Length"]) == (status, size, str(size))
    assert (got["ETag"], got["Accept-Ranges"]) == ('"abc"', "bytes")
    assert got["Content-Disposition"] == 'attachment; filename="a.zip"'

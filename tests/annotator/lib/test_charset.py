"""What a request says of its body is believed as far as it can be read, whoever sends it."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest

from annotator.lib.charset import in_utf8, in_utf8_async, plain
from tests.annotator.hostile.spoilt import damaged

FORM = "application/x-www-form-urlencoded"
ODD = ["zlib", "base64", "rot13", "undefined", "punycode", "idna", "utf-16", "nothing", "\xff", '"', "a\x00b", ""]


def asked(kind: str) -> WSGIRequest:
    """The request as Django sees it behind the wrapper."""
    seen: list[WSGIRequest] = []

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.append(WSGIRequest(environ))
        return []

    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": "a=%C3%BC", "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": "8", "wsgi.input": io.BytesIO(b"b=%C3%BC"), "SERVER_NAME": "a", "SERVER_PORT": "80",
    }  # fmt: skip
    in_utf8(answer)(environ, None)
    return seen[0]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("way", ["charset={}", "charset*=utf-8''{}", "charset*={}''utf-8", 'Charset="{}"'])
def test_a_form_in_odd_characters_is_read_as_utf_8(name: str, way: str) -> None:
    request = asked(f"{FORM}; {way.format(name)}")
    assert (request.GET["a"], request.POST["b"]) == ("ü", "ü")


def test_what_is_right_stays_as_it_is() -> None:
    for kind in ("", FORM, "application/json", f"{FORM}; charset=UTF-8", 'multipart/form-data; boundary="a;b"'):
        assert plain(kind) == kind
    assert plain("multipart/form-data; charset=zlib; boundary=abc") == 'multipart/form-data; boundary="abc"'


def test_no_damage_to_the_header_is_a_fault() -> None:
    right = f"{FORM}; charset=utf-8; boundary=\"x\"; title*=iso-8859-1'en'%A3; title*1=b".encode()
    for seed in range(3000):
        assert asked(damaged(right, seed).decode("latin-1")).GET["a"] == "ü", seed


def test_the_other_door_does_the_same() -> None:
    seen: list[Any] = []

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["headers"])

    scope = {"type": "http", "headers": [(b"content-type", b"text/plain; charset=zlib"), (b"host", b"a")]}
    asyncio.run(in_utf8_async(answer)(scope, None, None))
    assert seen == [[(b"content-type", b"text/plain"), (b"host", b"a")]]

"""A large body is not read before it is known who sends it, and whether the address takes as much."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from annotator.accounts.models import ApiToken, User, digest
from tests.annotator.world import World

BOUNDARY = "xYzZY"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
MEGABYTE = 1 << 20


class Sent(io.RawIOBase):
    """A multipart body with a file of zeros, made as it is read; it knows how much was."""

    def __init__(self, size: int) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'.encode()
        self._left, self._head, self.size, self.taken = size - len(head), head, size, 0

    def read(self, count: int = -1) -> bytes:
        data, self._head = self._head, b""
        wanted = self._left if count < 0 else max(0, min(count - len(data), self._left))
        self._left -= wanted
        self.taken += len(data) + wanted
        return data + bytes(wanted)


@pytest.fixture
def web(world: World) -> Any:
    """Send a body to an address as gunicorn would hand it over; gives the answer and the bytes that were read."""
    handler = WSGIHandler()

    def send(path: str, size: int, person: User | None = None, **headers: str) -> tuple[HttpResponseBase, int]:
        body, client = Sent(size), Client()
        if person is not None:
            client.force_login(person)
        client.get("/signin/")
        token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "x" * 32
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        environ = client._base_environ(REQUEST_METHOD="POST", PATH_INFO=path, CONTENT_TYPE=FORM)  # type: ignore[attr-defined]
        environ |= {"CONTENT_LENGTH": str(size), "HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": token} | headers
        environ["wsgi.input"] = body
        return handler.get_response(WSGIRequest(environ)), body.taken

    return send


def pictures(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/images/"


@pytest.mark.django_db
def test_nobody_reads_a_strangers_upload(world: World, web: Any) -> None:
    for path, status in ((pictures(world), 401), ("/signin/", 401), ("/api/v1/models/upload/", 401)):
        response, taken = web(path, 400 * MEGABYTE)
        assert (response.status_code, taken) == (status, 0), path


@pytest.mark.django_db
def test_a_form_of_a_stranger_is_read(world: World, web: Any) -> None:
    response, taken = web("/signin/", 10_000)
    assert (response.status_code, taken) == (200, 10_000)


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("charlie", 404), ("bob", 403)])
def test_an_upload_of_somebody_without_the_right_is_not_read(world: World, web: Any, who: str, status: int) -> None:
    response, taken = web(pictures(world), 5 * MEGABYTE, getattr(world, who))
    assert (response.status_code, taken) == (status, 0)
    assert web("/api/v1/models/upload/", 5 * MEGABYTE, world.alice)[1] == 0


@pytest.mark.django_db
def test_without_the_token_of_a_page_an_upload_is_not_read(world: World, web: Any) -> None:
    response, taken = web(pictures(world), 5 * MEGABYTE, world.alice, HTTP_X_CSRFTOKEN="g" * 32)
    assert (response.status_code, taken) == (403, 0), response.content


@pytest.mark.django_db
def test_an_address_takes_what_it_is_for_and_no_more(world: World, web: Any, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 2 * MEGABYTE
    response, taken = web(pictures(world), 4 * MEGABYTE, world.alice)
    assert (response.status_code, taken) == (413, 0)
    assert b"too_large" in response.content
    response, taken = web(pictures(world), 2 * MEGABYTE, world.alice)
    assert response.status_code == 400  # zeros are no picture
    assert taken == 2 * MEGABYTE
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = MEGABYTE
    assert web("/signin/", 2 * MEGABYTE, world.alice)[0].status_code == 413


@pytest.mark.django_db
def test_a_key_for_programs_says_who_sends(world: World, web: Any) -> None:
    ApiToken.objects.create(user=world.alice, name="script", digest=digest("secret"))
    response, taken = web(pictures(world), MEGABYTE, HTTP_AUTHORIZATION="Token secret")
    assert (response.status_code, taken) == (400, MEGABYTE)
    response, taken = web(pictures(world), MEGABYTE, HTTP_AUTHORIZATION="Token guessed")
    assert (response.status_code, taken) == (401, 0)

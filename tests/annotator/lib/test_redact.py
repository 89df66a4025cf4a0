"""No secret of an address gets into a log, whoever writes it and in whichever format."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter
from gunicorn.config import Config

from annotator.accounts.services import issue_token
from annotator.launch.told import Logger
from annotator.lib import errors
from annotator.lib.jsonlog import JsonFormatter
from annotator.lib.redact import LineFormatter, without_secrets
from tests.annotator.world import World

SECRET = "q7Zr_Secret-0123456789abcdefghijKLMNOP"
FORMATTERS = [LineFormatter("%(levelname)s %(message)s"), JsonFormatter()]
HARMLESS = {
    "/files/images/<uuid:image_id>/<str:sha256>/<str:size>",
    "/files/embeddings/<uuid:embedding_id>/<str:sha256>",
    "/files/models/<uuid:version_id>/<str:sha256>/<str:filename>",
    "/files/examples/<uuid:example_id>/<str:sha256>",
}
"""Routes with a text in their path that opens nothing: a file's hash says which version is meant, and who asks has to
be signed in."""


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address there is, and the parameters of its path that are texts."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            yield from routes(one, route)
            continue
        assert isinstance(one, URLPattern)
        texts = {
            name: converter
            for name, converter in one.pattern.converters.items()
            if not isinstance(converter, UUIDConverter | IntConverter)
        }
        yield route, texts


def secret_addresses() -> list[str]:
    """The routes with a text in their path, with a secret as each."""
    found = []
    for route, texts in routes(get_resolver()):
        if not texts or route in HARMLESS:
            continue
        address = route
        for name, converter in texts.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            assert f"<{kind}:{name}>" in address, address
            address = address.replace(f"<{kind}:{name}>", SECRET)
        found.append(address)
    return found


ADDRESSES = secret_addresses()


def lines(message: str, *words: object, error: BaseException | None = None) -> list[str]:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, words, told)
    return [formatter.format(record) for formatter in FORMATTERS]


def test_links_are_among_the_routes_that_are_looked_at() -> None:
    assert {f"/signin/link/{SECRET}/", f"/join/{SECRET}/", f"/password/{SECRET}/"} <= set(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "written", ["{}", "{}?x=1", "https://masks.example.org{}", "/signin/?next={}", "next={}&x=1", '"{}"', "'{}"]
)
def test_a_secret_in_a_path_is_told_nowhere(address: str, written: str) -> None:
    """A text in the path of a new route has to be left out of logs, or stand in HARMLESS with the reason."""
    for way in (address, address.rstrip("/"), address.replace("/", "%2F"), address.replace("/", "%252f")):
        for line in lines("Not Found: %s", written.format(way)):
            assert SECRET not in line


@pytest.mark.parametrize("route", sorted({route for route, _ in routes(get_resolver())}))
def test_what_stands_behind_a_question_mark_is_told_nowhere(route: str) -> None:
    for line in lines('GET %s "200"', f"{route}?code={SECRET}&state={SECRET}"):
        assert SECRET not in line


@pytest.mark.parametrize(
    "text",
    [
        f"Error handling request GET /signin/sso/back/?code={SECRET}&state=x",
        f"code={SECRET}&state={SECRET}&scope=openid",
        f"could not connect to postgres://maskwright:{SECRET}@database:5432/maskwright",
        f"Cannot connect to redis://:{SECRET}@queue:6379/0: refused",
        f"header: Authorization: Bearer {SECRET}",
        f"{{'Authorization': 'Token {SECRET}', 'Accept': '*/*'}}",
        f"(b'Cookie', b'sessionid={SECRET}; csrftoken={SECRET}')",
        f"https://bucket.example.org/a.zip?X-Amz-Credential=me&X-Amz-Signature={SECRET}",
    ],
)
def test_what_programs_send_is_told_nowhere(text: str) -> None:
    for line in lines("%s", text):
        assert SECRET not in line


def test_keys_of_programs_are_known_wherever_they_stand(world: World) -> None:
    _, key = issue_token(world.alice, "a script")
    for line in lines(f"GET /api/v1/images/{key}/ of {key!r}"):
        assert key not in line


def test_a_trace_is_cleaned_too_and_json_stays_json() -> None:
    try:
        raise ValueError(f'refused "https://masks.example.org/join/{SECRET}" \\ and \n /password/{SECRET}')
    except ValueError as error:
        line, told = lines('a "quoted" /join/%s"', SECRET, error=error)
    assert SECRET not in line + told
    said = json.loads(told)
    assert said["message"] == 'a "quoted" /join/…"'
    assert 'refused "https://masks.example.org/join/…" \\ and \n /password/…' in said["error"]


@pytest.mark.parametrize(
    "text",
    [
        "Refused an image: ValueError('broken') [request=0123abcd]",
        "Run 5 (export) succeeded after 1.5 s",
        "Why? a=b is no address, and neither is x = y & z",
        "Forbidden (CSRF cookie not set.): /signin/",
        "Not Found: /api/v1/projects/0b0e/images/",
        "GET api/v1/images/<uuid:pk>/ 200",
        "celery@worker ready, mail to ann@example.org waits",
        "https://masks.example.org/projects/ was asked at 12:00:01",
    ],
)
def test_plain_sentences_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


def test_what_django_says_of_a_request_has_no_secret(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not found, refused and broken, as the installation's own handler writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    log = logging.getLogger("django.request")
    log.addHandler(handler)
    try:
        for formatter in FORMATTERS:
            handler.setFormatter(formatter)
            for address in ADDRESSES:
                Client(raise_request_exception=False).get(f"{address}?code={SECRET}")
                Client().post(f"{address}nothing/", {"password": SECRET})
            Client().get("/signin/sso/back/", {"code": SECRET, "state": SECRET})
            Client().get(f"/api/v1/nothing/?token={SECRET}", headers={"Authorization": f"Token {SECRET}"})
    finally:
        log.removeHandler(handler)
    said = out.getvalue()
    assert "Not Found: /signin/link/…/nothing/" in said
    assert SECRET not in said


def test_an_error_that_nobody_foresaw_is_told_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    request = HttpRequest()
    request.path = request.path_info = f"/join/{SECRET}/"
    errors.handle(RuntimeError(f"no such page: /join/{SECRET}/?x={SECRET}"), {"view": f"<View of /join/{SECRET}/>"})
    assert caplog.records
    for record in caplog.records:
        assert all(SECRET not in formatter.format(record) for formatter in FORMATTERS)


@pytest.fixture
def _own_handlers() -> Iterator[None]:
    """gunicorn's loggers without what an earlier test gave them."""
    logs = [logging.getLogger(f"gunicorn.{name}") for name in ("error", "access")]
    before = [(log, log.handlers[:]) for log in logs]
    for log in logs:
        log.handlers.clear()
    yield
    for log, handlers in before:
        log.handlers[:] = handlers


@pytest.mark.usefixtures("_own_handlers")
@pytest.mark.parametrize("as_json", [False, True])
def test_gunicorn_tells_what_it_has_to_in_our_formats(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    monkeypatch.setenv("MASKWRIGHT_LOG_FORMAT", "json" if as_json else "line")
    config, out = Config(), io.StringIO()
    config.set("accesslog", "-")
    logger = Logger(config)
    for log in (logger.error_log, logger.access_log):
        (handler,) = [one for one in log.handlers if getattr(one, "_gunicorn", False)]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(out)
    logger.warning(f"Invalid request from ip=10.0.0.1: Invalid HTTP request line: 'GET /join/{SECRET} HTTP/9'")
    logger.access_log.info(f'10.0.0.1 - "GET /signin/sso/back/?code={SECRET} HTTP/1.1" "https://x/password/{SECRET}/"')
    said = out.getvalue()
    assert SECRET not in said
    assert "Invalid HTTP request line: 'GET /join/… HTTP/9'" in said
    if as_json:
        assert [json.loads(line)["level"] for line in said.splitlines()] == ["WARNING", "INFO"]
    else:
        assert "[WARNING] Invalid request" in said

"""What a log's line tells: as text and as JSON, with ids, without secrets."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from annotator.lib.jsonlog import JsonFormatter
from annotator.lib.redact import LineFormatter
from annotator.lib.tracing import HEADER, RequestIds, trace, traced


def record(message: str = "done", level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("annotator.test", level, __file__, 1, message, None, None)
    made.__dict__.update(extra)
    return made


def test_ids_are_there_inside_and_gone_after() -> None:
    with traced(request="one"):
        with traced(run="two"):
            assert trace() == {"request": "one", "run": "two"}
        assert trace() == {"request": "one"}
    assert trace() == {}


def test_a_request_has_the_id_of_the_proxy() -> None:
    seen = []
    answer = RequestIds(lambda request: seen.append(trace()) or HttpResponse())
    request = HttpRequest()
    request.META["HTTP_X_REQUEST_ID"] = "proxy-0123"
    assert answer(request).headers[HEADER] == "proxy-0123"
    assert seen == [{"request": "proxy-0123"}]


@pytest.mark.parametrize("sent", ["", "short", "with space 1234", "line\nbreak-1234", "ä" * 10, "x" * 65])
def test_an_id_that_does_not_fit_is_replaced(sent: str) -> None:
    request = HttpRequest()
    request.META["HTTP_X_REQUEST_ID"] = sent
    made = RequestIds(lambda request: HttpResponse())(request).headers[HEADER]
    assert made != sent
    assert len(made) == 32


@given(st.text())
def test_any_message_is_one_line_of_json(message: str) -> None:
    line = JsonFormatter().format(record(message))
    assert "\n" not in line
    assert json.loads(line)["message"] == message or "/" in message


def test_facts_ids_and_errors_stand_under_their_names() -> None:
    try:
        raise ValueError("no such thing")
    except ValueError:
        made = record(level=logging.ERROR, route="api/v1/", status=500, password="secret")
        made.exc_info = sys.exc_info()
    with traced(request="12345678"):
        said = json.loads(JsonFormatter().format(made))
    assert (said["level"], said["route"], said["status"], said["request"]) == ("ERROR", "api/v1/", 500, "12345678")
    assert "ValueError: no such thing" in said["error"]
    assert "password" not in said


def test_secrets_of_links_are_in_neither() -> None:
    made = record("GET /signin/link/abcdefgh/ and next=%2Fjoin%2Fqwertz%2F", level=logging.WARNING)
    with traced(run="77"):
        lines = [JsonFormatter().format(made), LineFormatter("{message}", style="{").format(made)]
    assert not any("abcdefgh" in line or "qwertz" in line for line in lines)
    assert lines[1].endswith("[run=77]")

"""The check of every answer against the description would notice what is wrong with one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse, JsonResponse

from tests.annotator.contract import check
from tests.annotator.world import World

ID = "00000000-0000-4000-8000-000000000000"
TAG = {"results": [], "next": None, "previous": None}


def answer(body: Any, status: int = 200) -> HttpResponse:
    return JsonResponse(body, status=status, safe=False)


@pytest.mark.parametrize(
    ("method", "path", "wrong", "named"),
    [
        ("GET", "/api/v1/projects/", answer([]), "is not of type 'object'"),
        ("GET", "/api/v1/projects/", answer({"results": [], "next": None}), "'previous' is a required property"),
        ("GET", "/api/v1/projects/", answer(TAG | {"count": 3}), "'count' was unexpected"),
        ("GET", "/api/v1/projects/", answer(TAG, 201), "is not described"),
        ("GET", "/api/v1/projects/", HttpResponse("{}", content_type="text/html"), "is text/html"),
        ("GET", "/api/v1/projects/", answer({"detail": "no"}, 404), "'code' is a required property"),
        ("DELETE", f"/api/v1/images/{ID}/", HttpResponse("gone", status=204), "described as empty"),
        ("GET", "/api/v1/nothing/", HttpResponse("?", status=404, content_type="text/plain"), "is text/plain"),
        ("POST", f"/api/v1/images/{ID}/presence/", answer({"people": [{"user": "Bob", "name": "B", "client": "1"}]}),
         "is not a 'uuid'"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_noticed(method: str, path: str, wrong: HttpResponse, named: str) -> None:
    with pytest.raises(AssertionError, match=f"{method} /api/v1/.*{named}"):
        check(method, path, wrong)


def test_a_field_of_an_object_inside_is_noticed_too(world: World) -> None:
    right = world.as_bob.get("/api/v1/projects/")
    body = right.json()
    body["results"][0]["labels"][0]["colour"] = "red"
    with pytest.raises(AssertionError, match=r"results\[0\].labels\[0\].*'colour' was unexpected"):
        check("GET", "/api/v1/projects/", answer(body))


def test_right_answers_and_other_addresses_pass(world: World) -> None:
    check("GET", "/api/v1/projects/", world.as_bob.get("/api/v1/projects/"))
    check("GET", "/healthz", HttpResponse("ok", content_type="text/plain"))
    check("GET", "/api/v1/nothing/", answer(json.loads('{"code": "not_found", "message": "No."}'), 404))

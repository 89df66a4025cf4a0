"""Malformed requests are answered with the envelope, never with 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.annotator.world import World, undone

BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{]", b"\xff\xfe", b'{"name": NaN}', b'{"name": Infinity}',
    b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b'{"name": {"a": 1}}', b'{"name": [1]}', b'{"name": null}',
    b'{"name": 1e400}', b'{"na\\u0000me": 1}', b"[" * 100_000, b'{"a":' * 50_000, b'{"name": "a", "name": "b", "x": 1}',
]  # fmt: skip
WRITES = [
    ("post", "/api/v1/projects/"),
    ("patch", "/api/v1/me/"),
    ("post", "/api/v1/tokens/"),
    ("patch", "/api/v1/projects/{project}/"),
    ("post", "/api/v1/projects/{project}/labels/"),
    ("patch", "/api/v1/labels/{label}/"),
    ("post", "/api/v1/projects/{project}/members/"),
    ("patch", "/api/v1/images/{image}/"),
    ("post", "/api/v1/images/{image}/embed/"),
    ("put", "/api/v1/projects/{project}/model/"),
]
NAMES = ["name", "description", "color", "order", "attributes", "state", "user", "role", "preferences", "region",
         "model_version", "labels", "x"]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)


def address(world: World, url: str) -> str:
    return url.format(project=world.project.pk, label=world.label.pk, image=world.image.pk)


@pytest.mark.parametrize(("method", "url"), WRITES)
def test_malformed_bodies_are_4xx_with_the_envelope(world: World, method: str, url: str) -> None:
    client = world.as_alice
    for body in BODIES:
        with undone():
            response = getattr(client, method)(address(world, url), data=body, content_type="application/json")
        # An empty body asks for the whole image, and an empty change changes nothing: those are no mistakes.
        if response.status_code >= 300:
            assert 400 <= response.status_code < 500, (body[:24], response.content)
            assert {"code", "message"} <= set(response.json()), body[:24]


@pytest.mark.parametrize(("method", "url"), WRITES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5))
def test_no_json_makes_the_server_fail(world: World, method: str, url: str, body: dict[str, object]) -> None:
    call = getattr(world.as_alice, method)
    response = call(address(world, url), data=json.dumps(body), content_type="application/json")
    assert response.status_code < 500, (body, response.content)


def test_a_body_beyond_the_limit_is_413(world: World, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = world.as_alice.post("/api/v1/projects/", {"name": "a", "description": "x" * 2000})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_an_unknown_content_type_is_415(world: World) -> None:
    response = world.as_alice.post("/api/v1/projects/", data=b"<a/>", content_type="application/xml")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_method_that_is_not_offered_is_405(world: World) -> None:
    response = world.as_alice.put("/api/v1/projects/", {})
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_a_crash_is_500_with_the_envelope_and_no_trace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotator.projects import services

    monkeypatch.setattr(services, "create_project", lambda *args, **kwargs: 1 // 0)
    response = world.as_alice.post("/api/v1/projects/", {"name": "a"})
    assert (response.status_code, response.json()["code"]) == (500, "server_error")
    assert "ZeroDivision" not in response.content.decode()

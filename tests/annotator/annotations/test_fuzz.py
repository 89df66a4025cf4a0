"""Whatever a client sends, the answer is the row, the envelope, or nothing; never a 500."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.annotations.api.serializers import AnnotationSerializer
from annotator.annotations.models import Annotation
from export import rle
from tests.annotator.annotations.conftest import make_mask

FIELDS = [*AnnotationSerializer().fields, "key", "op", "data", "operations", "size", "counts", "rings", "type", ""]
words = st.sampled_from(
    ["create", "update", "delete", "restore", "polygon", "open", str(uuid.UUID(int=7)), "1e999", "ü😀", "0:R;b2"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=20,
)
hostile = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def send(place: SimpleNamespace) -> Iterator[Callable[..., Any]]:
    def send(method: str, path: str, body: object) -> tuple[Any, ...]:
        answer = getattr(place.bob.client, method)(
            f"/api/v1/{path}", json.dumps(body).encode("utf-8", "surrogatepass"), content_type="application/json"
        )
        assert answer.status_code < 500, (path, body, answer.content)
        parsed = json.loads(answer.content, parse_constant=pytest.fail) if answer.content else {}
        if answer.status_code >= 400:
            assert {"code", "message"} <= set(parsed) <= {"code", "message", "fields", "current"}
        return answer.status_code, parsed

    yield send
    for row in Annotation.objects.all():
        stored = rle.validate(row.rle, row.image.height, row.image.width)
        assert (row.area, row.bbox) == (rle.area(stored), list(rle.bbox(stored)))


@hostile
@given(value=values, field=st.sampled_from(FIELDS))
def test_creating(place: SimpleNamespace, send: Callable[..., Any], value: Any, field: str) -> None:
    path = f"images/{place.image.pk}/annotations/"
    send("post", path, value)
    send("post", path, {"rle": make_mask(), field: value})
    send("post", path, {"rle": {"size": [40, 60], "counts": value}})


@hostile
@given(value=values, field=st.sampled_from(FIELDS))
def test_changing(create: Callable[..., Any], send: Callable[..., Any], value: Any, field: str) -> None:
    one = f"annotations/{create()['id']}/"
    send("patch", one, value)
    send("patch", one, {"revision": 1, field: value})
    send("post", f"{one}restore/", {"revision": value})


@hostile
@given(value=values, field=st.sampled_from(FIELDS), op=st.sampled_from(["create", "update", "delete", "restore"]))
def test_bulk(
    place: SimpleNamespace, create: Callable[..., Any], send: Callable[..., Any], value: Any, field: str, op: str
) -> None:
    path = f"images/{place.image.pk}/annotations/bulk/"
    good = {"key": str(uuid.uuid4()), "op": op, "id": create()["id"], "revision": 1, "data": {"rle": make_mask()}}
    send("post", path, {"operations": value})
    send("post", path, {"operations": [value, good]})
    status, body = send("post", path, {"operations": [good | {field: value}]})
    if status == 200:
        assert all(result["status"] < 500 for result in body["results"])
    send("post", path, {"operations": [good | {"data": {"rle": make_mask(), field: value}}]})


@hostile
@given(value=values)
def test_presence(place: SimpleNamespace, send: Callable[..., Any], value: Any) -> None:
    send("post", f"images/{place.image.pk}/presence/", {"client": value})

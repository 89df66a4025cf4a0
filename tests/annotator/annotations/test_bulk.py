from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.annotations.models import Annotation, Revision
from tests.annotator.annotations.conftest import make_image, make_mask


def operation(op: str, pk: str | None = None, **values: Any) -> dict:
    return {"key": str(uuid.uuid4()), "op": op, "id": pk or str(uuid.uuid4())} | values


@pytest.fixture
def bulk(place: SimpleNamespace, api: Callable[..., Any]) -> Callable[..., Any]:
    def send(*operations: Any, person: None = None) -> dict[str, Any]:
        status, body = api("post", f"images/{place.image.pk}/annotations/bulk/", {"operations": operations}, person)
        assert status == 200, body
        return body

    return send


def test_operations_happen_in_order(bulk: Callable[..., Any], place: SimpleNamespace) -> None:
    pk = str(uuid.uuid4())
    body = bulk(
        operation("create", pk, data={"rle": make_mask()}),
        operation("update", pk, revision=1, data={"label": str(place.cat.pk)}),
        operation("delete", pk, revision=2),
        operation("restore", pk, revision=3),
        operation("create", data={"rle": make_mask()}),
    )
    assert [result["status"] for result in body["results"]] == [201, 200, 200, 200, 201]
    assert body["results"][2]["annotation"] == {"id": pk, "deleted": True, "revision": 3, "seq": 3}
    last = body["results"][3]["annotation"]
    assert (last["revision"], last["label"], body["seq"]) == (4, str(place.cat.pk), 5)
    place.image.refresh_from_db()
    assert (place.image.state, place.image.annotation_seq) == ("in_progress", 5)
    assert Revision.objects.filter(actor=place.bob.user).count() == 5


def test_one_failure_leaves_the_others(
    bulk: Callable[..., Any], place: SimpleNamespace, create: Callable[..., Any]
) -> None:
    made = create()
    other = make_image(place.project)
    elsewhere = create(other)
    good = operation("create", data={"rle": make_mask()})
    body = bulk(
        operation("update", made["id"], revision=9, data={"clicks": 1}),
        operation("create", data={"rle": {"size": [1, 1], "counts": "1"}}),
        operation("update", revision=1, data={"clicks": 1}),
        operation("update", elsewhere["id"], revision=1, data={"clicks": 1}),
        operation("create", data={"rle": make_mask(), "label": str(place.foreign.pk)}),
        operation("update", made["id"], data={"clicks": 1}),
        operation("create", data={"rle": make_mask(), "colour": 1}),
        operation("create"),
        operation("fly", made["id"]),
        operation("delete", elsewhere["id"], revision=1),
        good,
    )
    said = [(result["status"], result.get("error", {}).get("code")) for result in body["results"]]
    assert said == [
        (409, "stale_revision"), (400, "invalid_mask"), (404, "not_found"), (404, "not_found"), (400, "unknown_label"),
        (400, "invalid"), (400, "invalid"), (400, "invalid"), (400, "invalid"), (404, "not_found"), (201, None),
    ]  # fmt: skip
    assert body["results"][0]["error"]["current"]["id"] == made["id"]
    assert body["results"][-1]["key"] == good["key"]
    assert Annotation.objects.filter(image=place.image).count() == 2


def test_sending_the_same_request_again_changes_nothing(bulk: Callable[..., Any], create: Callable[..., Any]) -> None:
    made = create()
    pk = str(uuid.uuid4())
    operations = [
        operation("create", pk, data={"rle": make_mask()}),
        operation("update", made["id"], revision=1, data={"clicks": 7}),
        operation("delete", pk, revision=1),
    ]
    first, again = bulk(*operations), bulk(*operations)
    assert [result["status"] for result in first["results"]] == [201, 200, 200]
    assert [result["status"] for result in again["results"]] == [200, 200, 200]
    assert first["seq"] == again["seq"] == 4
    assert first["results"][1:] == again["results"][1:]
    assert Revision.objects.count() == 4


def test_a_key_twice_in_one_request_is_one_operation(bulk: Callable[..., Any]) -> None:
    one = operation("create", data={"rle": make_mask()})
    body = bulk(one, one)
    assert [result["status"] for result in body["results"]] == [201, 200]
    assert Annotation.objects.count() == 1


def test_what_failed_can_be_sent_again_with_the_same_key(bulk: Callable[..., Any], create: Callable[..., Any]) -> None:
    made = create()
    failed = operation("update", made["id"], revision=2, data={"clicks": 7})
    assert bulk(failed)["results"][0]["status"] == 409
    assert bulk(failed | {"revision": 1})["results"][0]["status"] == 200


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"operations": {}}, {"operations": [1]}, {"operations": [{}]}, {"operations": [{"key": 5}]},
        {"operations": [{"key": "x"}]}, {"operations": [], "more": 1}, {"operations": [operation("create")] * 501},
    ],
)  # fmt: skip
def test_a_request_that_is_no_list_of_operations_is_refused_as_a_whole(
    place: SimpleNamespace, api: Callable[..., Any], body: dict[str, Any] | list[Any] | None
) -> None:
    status, error = api("post", f"images/{place.image.pk}/annotations/bulk/", body)
    assert status == 400
    assert error["code"] in {"invalid", "too_many_operations", "parse_error"}


def test_the_number_of_queries_per_operation_is_small(bulk: Callable[..., Any], place: SimpleNamespace) -> None:
    operations = [operation("create", data={"rle": make_mask(), "label": str(place.cat.pk)}) for _ in range(100)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        bulk(*operations)
    # Insert, revision, and the savepoints round them; nothing is looked up per operation.
    reading = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(reading) <= 10
    assert len(queries) <= 100 * 6 + 20


def test_500_operations_fit_in_one_request(bulk: Callable[..., Any]) -> None:
    body = bulk(*(operation("create", data={"rle": make_mask()}) for _ in range(500)))
    assert {result["status"] for result in body["results"]} == {201}
    assert body["seq"] == 500


def test_a_request_stuffed_with_zero_runs_is_refused_before_any_is_read(
    place: SimpleNamespace, api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*args: object) -> Any:
        raise AssertionError("a mask was read")

    monkeypatch.setattr("export.rle.unpack", read)
    stuffed = {"size": [40, 60], "counts": "0" * 1_500_000}
    listed = {"size": [40, 60], "counts": [0] * 1_500_000}
    operations = [operation("create", data={"rle": mask}) for mask in (stuffed, listed, stuffed)]
    status, body = api("post", f"images/{place.image.pk}/annotations/bulk/", {"operations": operations})
    assert (status, body["code"]) == (413, "too_large")
    assert "4500000 characters or runs; 4000000 are the most" in body["message"]
    status, body = api("post", f"images/{place.image.pk}/annotations/bulk/", {"operations": operations[:1]})
    assert (status, body["results"][0]["status"]) == (200, 400)
    assert "1500000 runs; 4802 are the most" in body["results"][0]["error"]["message"]
    assert not Annotation.objects.filter(image=place.image).exists()

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytest_django import Settings

from annotator.annotations.models import Annotation, Revision
from export.counts import pack
from tests.annotator.annotations.conftest import make_image, make_mask


@pytest.fixture
def path(place: SimpleNamespace) -> str:
    return f"images/{place.image.pk}/annotations/"


def test_it_measures_the_mask_itself(place: SimpleNamespace, create: Callable[..., Any]) -> None:
    made = create(rle=make_mask(3, 4, 20, 10), label=str(place.cat.pk), clicks=2, seconds=1.5)
    assert made["bbox"] == [3, 4, 20, 10]
    assert made["area"] == 200
    assert made["author"] == {"id": str(place.bob.user.pk), "name": "Bob"}
    assert (made["stage"], made["status"]) == ("assisted_manual", "open")
    assert (made["revision"], made["seq"], made["z_order"]) == (1, 1, 0)
    stored = Annotation.objects.get()
    assert stored.rle == make_mask(3, 4, 20, 10)
    assert (stored.label, stored.clicks, stored.seconds) == (place.cat, 2, 1.5)


def test_runs_as_a_list_are_stored_as_the_one_compressed_spelling(create: Callable[..., Any]) -> None:
    made = create(rle={"size": [40, 60], "counts": [0, 5, 0, 5, 2390]})
    assert made["rle"] == {"size": [40, 60], "counts": pack(np.array([0, 10, 2390]))}
    assert made["bbox"] == [0, 0, 1, 10]


def test_the_first_object_starts_the_image(place: SimpleNamespace, create: Callable[..., Any]) -> None:
    assert place.image.state == "new"
    create()
    place.image.refresh_from_db()
    assert place.image.state == "in_progress"
    place.image.state = "done"
    place.image.save()
    create()
    place.image.refresh_from_db()
    assert (place.image.state, place.image.annotation_seq) == ("done", 2)


def test_a_new_object_lies_on_top(create: Callable[..., Any]) -> None:
    assert [create()["z_order"], create(z_order=7)["z_order"], create()["z_order"]] == [0, 7, 8]


def test_it_leaves_a_revision_with_everything_sent(place: SimpleNamespace, create: Callable[..., Any]) -> None:
    made = create(label=str(place.cat.pk), attributes={"occluded": True})
    revision = Revision.objects.get()
    assert (revision.action, revision.actor, revision.revision) == ("create", place.bob.user, 1)
    assert revision.changes == {
        "rle": made["rle"], "bbox": made["bbox"], "area": 100, "label": str(place.cat.pk),
        "attributes": {"occluded": True}, "z_order": 0,
    }  # fmt: skip


def test_the_same_id_with_the_same_content_is_one_object(api: Callable[..., Any], path: str) -> None:
    body = {"id": str(uuid.uuid4()), "rle": make_mask(), "clicks": 3}
    first, again = api("post", path, body), api("post", path, body)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert Revision.objects.count() == 1


def test_the_same_id_is_still_answered_after_somebody_changed_the_object(
    place: SimpleNamespace, api: Callable[..., Any], path: str
) -> None:
    body = {"id": str(uuid.uuid4()), "rle": make_mask()}
    api("post", path, body)
    api("patch", f"annotations/{body['id']}/", {"revision": 1, "clicks": 9}, person=place.eve)
    status, row = api("post", path, body)
    assert (status, row["clicks"], row["revision"]) == (200, 9, 2)


def test_the_same_id_with_other_content_is_refused(api: Callable[..., Any], path: str) -> None:
    body = {"id": str(uuid.uuid4()), "rle": make_mask()}
    api("post", path, body)
    status, error = api("post", path, body | {"rle": make_mask(9, 9)})
    assert (status, error["code"]) == (409, "id_taken")
    assert error["current"]["rle"] == make_mask()


def test_an_id_of_another_image_is_refused_and_not_shown(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any]
) -> None:
    other = make_image(place.project, "b.jpg")
    made = create()
    status, error = api("post", f"images/{other.pk}/annotations/", {"id": made["id"], "rle": make_mask()})
    assert (status, error["code"]) == (409, "id_taken")
    assert "current" not in error


def test_the_same_idempotency_key_is_one_object(api: Callable[..., Any], path: str) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    first, again = (api("post", path, {"rle": make_mask()}, **key) for _ in range(2))
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert api("post", path, {"rle": make_mask()}, HTTP_IDEMPOTENCY_KEY="5")[0] == 400


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"rle": {"size": [40, 60], "counts": [1]}}, "invalid_mask", "rle"),
        ({"rle": {"size": [60, 40], "counts": [2400]}}, "invalid_mask", "rle"),
        ({"rle": {"size": [40, 60], "counts": "~"}}, "invalid_mask", "rle"),
        ({"rle": {"size": [40, 60], "counts": [2400]}}, "empty_mask", "rle"),
        ({"rle": None}, "invalid", "rle"),
        ({"label": "00000000-0000-0000-0000-000000000000"}, "unknown_label", "label"),
        ({"label": "cat"}, "invalid", "label"),
        ({"label": 5}, "invalid", "label"),
        ({"model_version": "00000000-0000-0000-0000-000000000000"}, "unknown_model_version", "model_version"),
        ({"area": 5}, "invalid", "area"),
        ({"colour": "red"}, "invalid", "colour"),
        ({"id": "x"}, "invalid", "id"),
        ({"stage": "by hand"}, "invalid", "stage"),
        ({"stage": []}, "invalid", "stage"),
        ({"status": {"a": 1}}, "invalid", "status"),
        ({"clicks": -1}, "invalid", "clicks"),
        ({"clicks": 2.0}, "invalid", "clicks"),
        ({"clicks": "2"}, "invalid", "clicks"),
        ({"clicks": True}, "invalid", "clicks"),
        ({"clicks": 2**40}, "invalid", "clicks"),
        ({"seconds": -0.1}, "invalid", "seconds"),
        ({"seconds": "1"}, "invalid", "seconds"),
        ({"predicted_iou": 11}, "invalid", "predicted_iou"),
        ({"z_order": 2**31}, "invalid", "z_order"),
        ({"locked": "yes"}, "invalid", "locked"),
        ({"hidden": None}, "invalid", "hidden"),
        ({"attributes": []}, "invalid", "attributes"),
        ({"attributes": {"a": None}}, "invalid", "attributes"),
        ({"attributes": {"a": [1]}}, "invalid", "attributes"),
        ({"attributes": {"a": "x" * 10_001}}, "invalid", "attributes"),
        ({"attributes": {str(n): n for n in range(101)}}, "invalid", "attributes"),
        ({"prompts": {}}, "invalid", "prompts"),
        ({"prompts": [1]}, "invalid", "prompts"),
        ({"prompts": [{"x": "y" * 600_000}]}, "invalid", "prompts"),
        ({"shape": {"type": "circle", "rings": []}}, "invalid", "shape"),
        ({"shape": {"type": "polygon", "rings": [[[1, "2"]]]}}, "invalid", "shape"),
        ({"shape": {"type": "polygon", "rings": [[[1, 1e9]]]}}, "invalid", "shape"),
        ({"shape": {"type": "polygon", "rings": [[[[[[1, 2]]]]]]}}, "invalid", "shape"),
    ],
)
def test_what_is_wrong_is_refused_by_field(
    api: Callable[..., Any], path: str, change: dict[str, Any], code: str, field: str
) -> None:
    status, error = api("post", path, {"rle": make_mask()} | change)
    assert (status, error["code"]) == (400, code)
    assert any(name.split(".")[0] == field for name in error["fields"])
    assert error["message"].endswith(".")
    assert not Annotation.objects.exists()


def test_a_label_of_another_project_is_refused(place: SimpleNamespace, api: Callable[..., Any], path: str) -> None:
    status, error = api("post", path, {"rle": make_mask(), "label": str(place.foreign.pk)})
    assert (status, error["code"]) == (400, "unknown_label")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b'{"rle": NaN}',
        b'{"seconds": 1e999, "rle": {"size": [40, 60], "counts": [0, 2400]}}',
        b'{"prompts": [{"x": -1e999}], "rle": {"size": [40, 60], "counts": [0, 2400]}}',
        b'{"attributes": {"x": 1e999}, "rle": {"size": [40, 60], "counts": [0, 2400]}}',
        b'{"shape": {"type": "polygon", "rings": [[[1e999, 1]]]}, "rle": {"size": [40, 60], "counts": [0, 2400]}}',
        b'{"rle": {"size": [40, 60], "counts": [1e999]}}',
        b'{"attributes": {"a": "\\u0000"}, "rle": {"size": [40, 60], "counts": [0, 2400]}}',
        b'{"attributes": {"a": "\\ud800"}, "rle": {"size": [40, 60], "counts": [0, 2400]}}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_object_is_refused(place: SimpleNamespace, path: str, raw: bytes) -> None:
    response = place.bob.client.post(f"/api/v1/{path}", raw, content_type="application/json")
    assert 400 <= response.status_code < 500
    assert set(response.json()) >= {"code", "message"}
    assert not Annotation.objects.exists()


def test_a_huge_body_is_refused(place: SimpleNamespace, path: str, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = place.bob.client.post(f"/api/v1/{path}", b" " * 1001, content_type="application/json")
    assert response.status_code == 413
    assert response.json()["code"] == "too_large"


def test_polygons_and_prompts_are_kept_as_they_are(create: Callable[..., Any]) -> None:
    rings = [[[1, 2], [3.5, 4], [5, 6]]]
    for shape in ({"type": "polygon", "rings": rings}, {"type": "polygon", "rings": [rings]}, None):
        assert create(shape=shape)["shape"] == shape
    prompts = [{"points": [{"x": 1, "y": 2, "label": 1}], "box": None}]
    assert create(prompts=prompts)["prompts"] == prompts


def test_only_reviewers_say_what_the_review_says(place: SimpleNamespace, api: Callable[..., Any], path: str) -> None:
    body = {"rle": make_mask(), "status": "approved"}
    assert api("post", path, body)[0] == 403
    status, row = api("post", path, body, person=place.dana)
    assert (status, row["status"]) == (201, "approved")
    status, error = api("patch", f"annotations/{row['id']}/", {"revision": 1, "status": "open"})
    assert (status, error["code"]) == (403, "permission_denied")
    assert api("patch", f"annotations/{row['id']}/", {"revision": 1, "status": "approved", "clicks": 4})[0] == 200


def test_strangers_see_nothing_and_viewers_change_nothing(
    place: SimpleNamespace, api: Callable[..., Any], path: str, create: Callable[..., Any]
) -> None:
    made = create()
    one = f"annotations/{made['id']}/"
    requests = [
        ("post", path, {"rle": make_mask()}), ("post", f"{path}bulk/", {"operations": []}),
        ("patch", one, {"revision": 1}), ("delete", f"{one}?revision=1", None),
        ("post", f"{one}restore/", {"revision": 1}),
    ]  # fmt: skip
    for method, address, body in requests:
        assert api(method, address, body, person=place.stranger)[0] == 404
        assert api(method, address, body, person=place.vera)[0] == 403
    for address in (path, one, f"{one}revisions/"):
        assert api("get", address, person=place.stranger)[0] == 404
        assert api("get", address, person=place.vera)[0] == 200

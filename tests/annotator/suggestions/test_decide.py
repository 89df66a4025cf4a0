from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from annotator.annotations.models import Annotation, Revision
from export import rle
from tests.annotator.suggestions.conftest import CAR, TREE, WHEEL, box_mask, decision
from tests.annotator.world import World, make_image


@pytest.fixture
def bulk(ready: World, api: Callable[..., Any]) -> Callable[..., Any]:
    def send(*operations: Any) -> Any:
        status, body = api("post", f"images/{ready.image.pk}/suggestions/bulk/", {"operations": operations})
        assert status == 200, body
        return body

    return send


def test_accepting_makes_an_object_that_knows_where_it_comes_from(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    car, *_ = find_all()
    body = {"data": {"label": str(ready.label.pk), "seconds": 0.8, "clicks": 1}}
    status, answer = api("post", f"suggestions/{car.pk}/accept/", body)
    made = answer["annotation"]
    assert status == 201
    assert (made["rle"], made["stage"], made["label"]) == (CAR.rle.to_json(), "semi_automatic", str(ready.label.pk))
    assert (made["predicted_iou"], made["stability_score"], made["clicks"]) == (0.95, car.stability_score, 1)
    assert made["model_version"] == str(ready.model.pk)
    assert made["prompts"][0]["points"] == [{"x": car.point[0], "y": car.point[1], "label": 1}]
    assert made["prompts"][0]["suggestion"] == str(car.pk)
    assert made["author"]["name"] == "Bob"
    assert (answer["suggestion"]["state"], answer["suggestion"]["annotation"]) == ("accepted", made["id"])
    assert Revision.objects.get().action == "create"
    ready.image.refresh_from_db()
    assert (ready.image.state, ready.image.annotation_seq) == ("in_progress", 1)


def test_accepting_twice_is_one_object(api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    car, *_ = find_all()
    first = api("post", f"suggestions/{car.pk}/accept/", {})
    again = api("post", f"suggestions/{car.pk}/accept/", {})
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["annotation"] == again[1]["annotation"]
    assert Annotation.objects.count() == 1


def test_an_edited_mask_and_an_id_of_ones_own_are_taken(api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    car, *_ = find_all()
    edited, own = box_mask(2, 10, 39, 20).to_json(), str(uuid.uuid4())
    _, answer = api("post", f"suggestions/{car.pk}/accept/", {"annotation": own, "data": {"rle": edited}})
    assert (answer["annotation"]["id"], answer["annotation"]["rle"]) == (own, edited)


def test_merging_makes_one_object_of_several(api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    _, wheel, other_wheel, tree = find_all()
    _, answer = api("post", f"suggestions/{wheel.pk}/accept/", {"merge": [str(other_wheel.pk)]})
    union = rle.merge([WHEEL.rle, box_mask(30, 20, 8, 8)])
    assert answer["annotation"]["rle"] == union.to_json()
    other_wheel.refresh_from_db()
    assert (other_wheel.state, str(other_wheel.annotation_id)) == ("accepted", answer["annotation"]["id"])
    status, error = api("post", f"suggestions/{tree.pk}/accept/", {"merge": [str(wheel.pk)]})
    assert (status, error["code"]) == (409, "already_accepted")


def test_an_accepted_object_is_never_covered(api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    car, wheel, _, _ = find_all()
    api("post", f"suggestions/{car.pk}/accept/", {})
    status, error = api("post", f"suggestions/{wheel.pk}/accept/", {})
    assert (status, error["code"]) == (409, "repeats_object")
    assert api("post", f"suggestions/{wheel.pk}/accept/", {"anyway": True})[0] == 201


def test_accepting_all_at_once_skips_what_the_first_ones_cover(
    bulk: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    rows = find_all()
    body = bulk(*(decision("accept", row) for row in rows))
    said = [(result["status"], result.get("error", {}).get("code")) for result in body["results"]]
    assert said == [(201, None), (409, "repeats_object"), (409, "repeats_object"), (201, None)]
    assert [row.rle for row in Annotation.objects.order_by("seq")] == [CAR.rle.to_json(), TREE.rle.to_json()]
    assert body["seq"] == 2


def test_sending_decisions_again_changes_nothing(bulk: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    _, wheel, other_wheel, tree = find_all()
    operations = [decision("accept", tree), decision("reject", wheel), decision("reject", other_wheel)]
    first, again = bulk(*operations), bulk(*operations)
    assert [result["status"] for result in first["results"]] == [201, 200, 200]
    assert [result["status"] for result in again["results"]] == [200, 200, 200]
    assert first["seq"] == again["seq"] == 1
    assert Annotation.objects.count() == 1


def test_rejecting_and_taking_it_back(ready: World, api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    car, *_ = find_all()
    status, answer = api("post", f"suggestions/{car.pk}/reject/")
    assert (status, answer["suggestion"]["state"], answer["annotation"]) == (200, "rejected", None)
    listed = api("get", f"images/{ready.image.pk}/suggestions/")[1]["results"]
    assert [row["parent"] for row in listed] == [None, None, None]
    assert api("post", f"suggestions/{car.pk}/reopen/")[1]["suggestion"]["state"] == "pending"
    assert len(api("get", f"images/{ready.image.pk}/suggestions/")[1]["results"]) == 4


def test_taking_back_an_acceptance_takes_the_object_away(api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    _, wheel, other_wheel, _ = find_all()
    api("post", f"suggestions/{wheel.pk}/accept/", {"merge": [str(other_wheel.pk)]})
    status, answer = api("post", f"suggestions/{wheel.pk}/reopen/")
    assert (status, answer["suggestion"]["state"]) == (200, "pending")
    assert Annotation.objects.get().deleted_at is not None
    other_wheel.refresh_from_db()
    assert other_wheel.state == "pending"


def test_an_object_that_was_changed_is_not_taken_away(api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    car, *_ = find_all()
    made = api("post", f"suggestions/{car.pk}/accept/", {})[1]["annotation"]
    api("patch", f"annotations/{made['id']}/", {"revision": 1, "clicks": 5})
    status, error = api("post", f"suggestions/{car.pk}/reopen/")
    assert (status, error["code"]) == (409, "object_changed")
    assert api("post", f"suggestions/{car.pk}/reject/")[1]["code"] == "already_accepted"


def test_a_suggestion_whose_object_was_deleted_can_be_accepted_again(
    api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    car, *_ = find_all()
    made = api("post", f"suggestions/{car.pk}/accept/", {})[1]["annotation"]
    api("delete", f"annotations/{made['id']}/?revision=1")
    status, answer = api("post", f"suggestions/{car.pk}/accept/", {})
    assert status == 201
    assert answer["annotation"]["id"] != made["id"]


def test_another_images_suggestion_is_not_found(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    car, *_ = find_all()
    other = make_image(ready.project, "b.png")
    body = {"operations": [decision("accept", car)]}
    result = api("post", f"images/{other.pk}/suggestions/bulk/", body)[1]["results"][0]
    assert (result["status"], result["error"]["code"]) == (404, "not_found")


def test_a_failed_acceptance_leaves_the_suggestion_pending(
    api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    car, *_ = find_all()
    foreign = str(uuid.uuid4())
    status, error = api("post", f"suggestions/{car.pk}/accept/", {"data": {"label": foreign}})
    assert (status, error["code"]) == (400, "unknown_label")
    car.refresh_from_db()
    assert car.state == "pending"
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"merge": "x"}, {"merge": ["x"]}, {"merge": [str(uuid.uuid4())] * 101}, {"data": {"colour": 1}}, {"data": 5},
        {"anyway": "yes"}, {"annotation": 5}, {"key": "x"}, {"more": 1}, [],
    ],
)  # fmt: skip
def test_an_acceptance_that_cannot_be_read_is_refused(
    api: Callable[..., Any], find_all: Callable[..., Any], body: Any
) -> None:
    car, *_ = find_all()
    status, error = api("post", f"suggestions/{car.pk}/accept/", body)
    assert (status, error["code"]) == (400, "invalid")


@pytest.mark.parametrize("body", [None, [], {}, {"operations": [{}]}, {"operations": [1]}, {"operations": "x"}])
def test_a_bulk_request_that_cannot_be_read_is_refused(ready: World, api: Callable[..., Any], body: Any) -> None:
    status, error = api("post", f"images/{ready.image.pk}/suggestions/bulk/", body)
    assert status == 400
    assert error["code"] in {"invalid", "parse_error"}

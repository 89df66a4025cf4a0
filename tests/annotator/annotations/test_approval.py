"""What was approved is what is there: somebody who may not review opens an object again by changing it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from annotator.annotations.models import Annotation
from tests.annotator.annotations.conftest import make_mask


@pytest.fixture
def approved(place: SimpleNamespace, create: Callable[..., Any], api: Callable[..., Any]) -> Any:
    row = create(label=str(place.cat.pk))
    status, row = api("patch", f"annotations/{row['id']}/", {"revision": 1, "status": "approved"}, place.dana)
    assert (status, row["status"]) == (200, "approved")
    return row


def stored(row: dict) -> str:
    return Annotation.objects.get(pk=row["id"]).status


@pytest.mark.parametrize(
    "change",
    [{"rle": make_mask(x=20)}, {"label": None}, {"attributes": {"a": 1}}, {"z_order": 7}, {"stage": "semi_automatic"}],
)
def test_a_change_by_an_annotator_opens_it_again_and_history_says_so(
    approved: Any, api: Callable[..., Any], change: Any
) -> None:
    status, row = api("patch", f"annotations/{approved['id']}/", {"revision": 2} | change)
    assert (status, row["status"], stored(approved)) == (200, "open", "open")
    last = api("get", f"annotations/{approved['id']}/revisions/")[1]["results"][-1]
    assert last["changes"]["status"] == "open"


def test_claiming_the_approval_with_the_change_does_not_keep_it(approved: Any, api: Callable[..., Any]) -> None:
    change = {"revision": 2, "rle": make_mask(x=20), "status": "approved"}
    assert api("patch", f"annotations/{approved['id']}/", change)[1]["status"] == "open"


@pytest.mark.parametrize("change", [{"locked": True}, {"hidden": True}, {"seconds": 9.0, "clicks": 4}])
def test_how_it_is_shown_and_how_long_it_took_say_nothing_of_it(
    approved: Any, api: Callable[..., Any], change: Any
) -> None:
    assert api("patch", f"annotations/{approved['id']}/", {"revision": 2} | change)[1]["status"] == "approved"


def test_what_changes_nothing_leaves_it_approved(approved: Any, api: Callable[..., Any]) -> None:
    change = {"revision": 2, "rle": approved["rle"]}
    assert api("patch", f"annotations/{approved['id']}/", change)[1]["status"] == "approved"


def test_a_reviewers_own_correction_stays_approved(
    approved: Any, api: Callable[..., Any], place: SimpleNamespace
) -> None:
    change = {"revision": 2, "rle": make_mask(x=20)}
    assert api("patch", f"annotations/{approved['id']}/", change, place.dana)[1]["status"] == "approved"


def test_deleted_and_restored_it_is_open(approved: Any, api: Callable[..., Any], place: SimpleNamespace) -> None:
    assert api("delete", f"annotations/{approved['id']}/?revision=2")[0] == 204
    assert stored(approved) == "open"
    status, row = api("post", f"annotations/{approved['id']}/restore/", {"revision": 3})
    assert (status, row["status"]) == (200, "open")


def test_what_a_reviewer_deleted_is_open_when_an_annotator_brings_it_back(
    approved: Any, api: Callable[..., Any], place: SimpleNamespace
) -> None:
    assert api("delete", f"annotations/{approved['id']}/?revision=2", None, place.dana)[0] == 204
    assert api("post", f"annotations/{approved['id']}/restore/", {"revision": 3})[1]["status"] == "open"


@pytest.mark.parametrize("op", ["update", "delete"])
def test_in_bulk_it_is_the_same(approved: Any, api: Callable[..., Any], place: SimpleNamespace, op: str) -> None:
    data = {"data": {"rle": make_mask(x=20)}} if op == "update" else {}
    operation = {"key": str(uuid.uuid4()), "op": op, "id": approved["id"], "revision": 2} | data
    status, body = api("post", f"images/{place.image.pk}/annotations/bulk/", {"operations": [operation]})
    assert (status, body["results"][0]["status"]) == (200, 200)
    assert stored(approved) == "open"

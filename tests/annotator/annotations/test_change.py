from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from annotator.annotations.models import Annotation, Presence, Revision
from tests.annotator.annotations.conftest import make_mask


def test_a_change_counts_up_and_is_recorded(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any]
) -> None:
    made = create(label=str(place.cat.pk))
    status, row = api("patch", f"annotations/{made['id']}/", {"revision": 1, "label": None, "clicks": 4}, place.eve)
    assert (status, row["revision"], row["seq"]) == (200, 2, 2)
    assert (row["label"], row["clicks"], row["author"]["name"]) == (None, 4, "Bob")
    revision = Revision.objects.get(revision=2)
    assert (revision.action, revision.actor) == ("update", place.eve.user)
    assert revision.changes == {"label": None, "clicks": 4}


def test_a_new_mask_brings_its_box_and_area(api: Callable[..., Any], create: Callable[..., Any]) -> None:
    made = create()
    _, row = api("patch", f"annotations/{made['id']}/", {"revision": 1, "rle": make_mask(0, 0, 60, 40)})
    assert (row["bbox"], row["area"]) == ([0, 0, 60, 40], 2400)
    assert set(Revision.objects.get(revision=2).changes) == {"rle", "bbox", "area"}


def test_setting_what_is_already_so_changes_nothing(api: Callable[..., Any], create: Callable[..., Any]) -> None:
    made = create()
    status, row = api("patch", f"annotations/{made['id']}/", {"revision": 1, "rle": made["rle"], "clicks": 0})
    assert (status, row) == (200, made)
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"revision": 1, "clicks": 5}),
        ("delete", "?revision=1", None),
        ("delete", "?revision=3", None),
    ],
)
def test_a_stale_revision_is_answered_with_the_stored_object(
    api: Callable[..., Any], create: Callable[..., Any], method: str, path: str, body: dict[str, int] | None
) -> None:
    made = create()
    _, current = api("patch", f"annotations/{made['id']}/", {"revision": 1, "clicks": 1})
    status, error = api(method, f"annotations/{made['id']}/{path}", body)
    assert (status, error["code"]) == (409, "stale_revision")
    assert error["current"] == current
    assert Annotation.objects.get().revision == 2


@pytest.mark.parametrize("body", [{"clicks": 1}, {"revision": "1"}, {"revision": 0}, {"revision": 1, "id": "x"}, []])
def test_a_change_without_a_proper_revision_is_refused(
    api: Callable[..., Any], create: Callable[..., Any], body: dict[str, Any] | list[Any]
) -> None:
    status, error = api("patch", f"annotations/{create()['id']}/", body)
    assert (status, error["code"]) == (400, "invalid")


def test_a_conflict_names_who_changed_the_object(place: SimpleNamespace, create: Callable[..., Any]) -> None:
    made = create()
    url = f"/api/v1/annotations/{made['id']}/"
    place.eve.client.patch(url, {"revision": 1, "clicks": 1})
    assert (
        "Eve changed this object since" in place.bob.client.patch(url, {"revision": 1, "clicks": 2}).json()["message"]
    )
    assert (
        "You changed this object since" in place.eve.client.patch(url, {"revision": 1, "clicks": 2}).json()["message"]
    )


def test_an_image_whose_last_object_goes_is_new_again_and_begun_when_it_comes_back(
    place: SimpleNamespace, create: Callable[..., Any], api: Callable[..., Any]
) -> None:
    def state() -> str:
        place.image.refresh_from_db()
        return str(place.image.state)

    first, second = create(), create()
    api("delete", f"annotations/{first['id']}/?revision=1")
    assert state() == "in_progress"
    api("delete", f"annotations/{second['id']}/?revision=1")
    assert state() == "new"
    api("post", f"annotations/{second['id']}/restore/", {"revision": 2})
    assert state() == "in_progress"
    place.bob.client.patch(f"/api/v1/images/{place.image.pk}/", {"state": "done"})
    api("delete", f"annotations/{second['id']}/?revision=3")
    assert state() == "done"


QUERIES = ["", "?revision=", "?revision=x", "?revision=-1", "?revision=" + "9" * 30, "?revision=²"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_deletion_without_a_proper_revision_is_refused(
    api: Callable[..., Any], create: Callable[..., Any], query: str
) -> None:
    status, error = api("delete", f"annotations/{create()['id']}/{query}")
    assert (status, error["code"]) == (400, "invalid")


def test_deleting_and_restoring_are_changes_too(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any]
) -> None:
    one = f"annotations/{create()['id']}/"
    assert api("delete", f"{one}?revision=1") == (204, None)
    assert api("get", f"images/{place.image.pk}/annotations/")[1] == {
        "results": [],
        "seq": 2,
        "model": None,
        "picture": place.image.sha256,
    }
    gone = api("get", one)[1]
    assert (gone["deleted"], gone["revision"]) == (True, 2)
    status, row = api("post", f"{one}restore/", {"revision": 2}, place.eve)
    assert (status, row["revision"], row["seq"]) == (200, 3, 3)
    assert "deleted" not in row
    assert [r.action for r in Revision.objects.all()] == ["create", "delete", "restore"]


def test_deleting_twice_is_deleting(api: Callable[..., Any], create: Callable[..., Any]) -> None:
    one = f"annotations/{create()['id']}/"
    assert [api("delete", f"{one}?revision=1")[0] for _ in range(2)] == [204, 204]
    assert Revision.objects.count() == 2


def test_a_deleted_object_cannot_be_changed(api: Callable[..., Any], create: Callable[..., Any]) -> None:
    one = f"annotations/{create()['id']}/"
    api("delete", f"{one}?revision=1")
    assert api("patch", one, {"revision": 1, "clicks": 2})[1]["code"] == "stale_revision"
    status, error = api("patch", one, {"revision": 2, "clicks": 2})
    assert (status, error["code"], error["current"]["deleted"]) == (409, "deleted", True)


def test_the_history_tells_who_did_what(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any]
) -> None:
    one = f"annotations/{create()['id']}/"
    api("patch", one, {"revision": 1, "clicks": 2}, place.eve)
    status, body = api("get", f"{one}revisions/")
    assert status == 200
    assert [(row["revision"], row["action"], row["actor"]["name"]) for row in body["results"]] == [
        (1, "create", "Bob"), (2, "update", "Eve"),
    ]  # fmt: skip
    assert body["results"][1]["changes"] == {"clicks": 2}


def test_following_gives_changed_and_deleted_rows_in_order(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any]
) -> None:
    path = f"images/{place.image.pk}/annotations/"
    first, second, third = create(), create(), create()
    seq = api("get", path)[1]["seq"]
    api("delete", f"annotations/{second['id']}/?revision=1")
    api("patch", f"annotations/{first['id']}/", {"revision": 1, "hidden": True})
    status, body = api("get", f"{path}?since={seq}")
    assert status == 200
    assert body["seq"] == 5
    assert body["results"][0] == {"id": second["id"], "deleted": True, "revision": 2, "seq": 4}
    assert (body["results"][1]["id"], body["results"][1]["hidden"]) == (first["id"], True)
    nothing = {"results": [], "seq": 5, "model": None, "picture": place.image.sha256}
    assert api("get", f"{path}?since=5")[1] == nothing
    assert third["id"] in {row["id"] for row in api("get", path)[1]["results"]}
    assert api("get", f"{path}?since=x")[0] == 400


def test_somebody_who_left_is_still_an_author_without_name(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any]
) -> None:
    made = create()
    place.bob.user.delete()
    assert api("get", f"annotations/{made['id']}/", person=place.eve)[1]["author"] is None


def test_an_unknown_object_is_not_found(api: Callable[..., Any]) -> None:
    nobody = f"annotations/{uuid.uuid4()}/"
    assert api("get", nobody)[0] == 404
    assert api("patch", nobody, {"revision": 1})[0] == 404
    assert api("get", "annotations/5/")[0] == 404


def test_two_tabs_see_each_other(place: SimpleNamespace, api: Callable[..., Any]) -> None:
    path = f"images/{place.image.pk}/presence/"
    api("post", path, {"client": "tab-1"})
    api("post", path, {"client": "tab-1"})
    status, body = api("post", path, {"client": "tab-2"}, place.vera)
    assert status == 200
    assert [(tab["name"], tab["client"]) for tab in body["people"]] == [("Bob", "tab-1"), ("Vera", "tab-2")]
    for bad in ({}, {"client": ""}, {"client": "x" * 65}, {"client": None}, {"client": "a", "x": 1}):
        assert api("post", path, bad)[0] == 400
    assert api("post", path, {"client": "t"}, place.stranger)[0] == 404


def test_a_tab_that_went_silent_is_gone(place: SimpleNamespace, api: Callable[..., Any]) -> None:
    path = f"images/{place.image.pk}/presence/"
    api("post", path, {"client": "old"})
    Presence.objects.update(seen=Presence.objects.get().seen - timedelta(minutes=1))
    assert [tab["client"] for tab in api("post", path, {"client": "new"})[1]["people"]] == ["new"]

"""GET and PATCH /api/v1/me/."""

from __future__ import annotations

from tests.annotator.contract import CheckedClient
from tests.annotator.world import World, client_of


def test_it_says_who_asks(world: World) -> None:
    body = world.as_bob.get("/api/v1/me/").json()
    assert body == {
        "id": str(world.bob.pk), "username": "bob", "name": "Bob", "email": "bob@example.org", "is_admin": False,
        "preferences": {},
    }  # fmt: skip


def test_it_answers_401_with_the_envelope_to_nobody(world: World) -> None:
    response = client_of(None).get("/api/v1/me/")
    assert response.status_code == 401
    assert response.json() == {"code": "not_authenticated", "message": "Sign in first, then try again."}


def test_it_merges_preferences_and_null_removes_one(world: World) -> None:
    world.as_bob.patch("/api/v1/me/", {"preferences": {"keys": {"undo": "Z"}, "theme": "dark"}})
    body = world.as_bob.patch("/api/v1/me/", {"preferences": {"theme": None, "opacity": 0.5}}).json()
    assert body["preferences"] == {"keys": {"undo": "Z"}, "opacity": 0.5}


def test_it_refuses_preferences_that_are_too_large(world: World) -> None:
    response = world.as_bob.patch("/api/v1/me/", {"preferences": {"note": "x" * 70_000}})
    assert (response.status_code, response.json()["code"]) == (400, "preferences_too_large")


def test_it_names_unknown_fields(world: World) -> None:
    response = world.as_bob.patch("/api/v1/me/", {"preferences": {}, "is_staff": True})
    assert response.status_code == 400
    assert response.json()["fields"] == {"is_staff": ["This field is unknown here."]}


def test_a_browser_reads_without_a_csrf_token_and_changes_nothing_without_one(world: World) -> None:
    browser = CheckedClient(enforce_csrf_checks=True)
    browser.force_login(world.alice)
    assert browser.get("/api/v1/me/").status_code == 200
    assert browser.patch("/api/v1/me/", {"preferences": {}}, "json").status_code == 403

"""A page that was opened by one person does nothing in the name of the one who signed in after."""

from __future__ import annotations

from django.test import Client

from tests.annotator.world import World

THEME = {"preferences": {"theme": "dark"}}


def save_as(world: World, person: str | None) -> tuple[int, str | None]:
    """Bob's browser sends a preference from a page of this person; returns the status and the error's code."""
    client = Client()
    client.force_login(world.bob)
    headers = {} if person is None else {"X-Person": person}
    answer = client.patch("/api/v1/me/", THEME, content_type="application/json", headers=headers)
    return answer.status_code, answer.json().get("code")


def test_a_page_of_the_signed_in_person_is_served(world: World) -> None:
    assert save_as(world, str(world.bob.pk)) == (200, None)


def test_a_page_that_names_nobody_is_served(world: World) -> None:
    assert save_as(world, None) == (200, None)


def test_a_page_of_somebody_else_is_refused_and_nothing_is_done(world: World) -> None:
    assert save_as(world, str(world.alice.pk)) == (401, "other_person")
    world.bob.refresh_from_db()
    assert world.bob.preferences == {}


def test_a_signed_out_browser_is_told_so_whoever_the_page_belongs_to(world: World) -> None:
    answer = Client().get("/api/v1/me/", headers={"X-Person": str(world.alice.pk)})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")

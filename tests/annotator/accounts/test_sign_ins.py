"""Where somebody is signed in, and signing out there."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from annotator.accounts import sign_ins
from annotator.accounts.models import SignIn
from annotator.accounts.services import issue_token, switch_off
from tests.annotator.contract import CheckedClient
from tests.annotator.world import World

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
URL = "/api/v1/me/sessions/"


def browser(world: World, agent: str = FIREFOX) -> Client:
    client = CheckedClient(headers={"User-Agent": agent})
    client.force_login(world.bob)
    sign_ins._noted.clear()  # signing in here has no browser, the first request has
    assert client.get("/api/v1/me/").status_code == 200
    return client


def names(client: Client) -> set[tuple[str, bool]]:
    return {(row["name"], row["here"]) for row in client.get(URL).json()["results"]}


def test_the_list_names_browsers_and_says_which_one_asks(world: World) -> None:
    desk, _phone = browser(world), browser(world, SAFARI)
    other = CheckedClient()
    other.force_login(world.alice)
    other.get("/api/v1/me/")
    assert names(desk) == {("Firefox on Linux", True), ("Safari on iPhone", False)}
    assert {row["address"] for row in desk.get(URL).json()["results"]} == {"127.0.0.1"}


def test_one_is_signed_out_and_the_others_stay(world: World) -> None:
    desk, phone = browser(world), browser(world, SAFARI)
    row = next(row for row in desk.get(URL).json()["results"] if not row["here"])
    assert desk.delete(f"{URL}{row['id']}/").status_code == 204
    assert phone.get("/api/v1/me/").status_code == 401
    assert names(desk) == {("Firefox on Linux", True)}


def test_nobody_signs_another_person_out(world: World) -> None:
    browser(world)
    row = SignIn.objects.get()
    assert world.as_alice.delete(f"{URL}{row.pk}/").status_code == 404
    assert Session.objects.count() == 1


@pytest.mark.parametrize(("query", "here"), [("", 200), ("?here=true", 401)])
def test_everywhere_else_or_everywhere(world: World, query: str, here: int) -> None:
    desk, phone = browser(world), browser(world, SAFARI)
    _, key = issue_token(world.bob, "script")
    assert desk.delete(f"{URL}{query}").status_code == 204
    assert phone.get("/api/v1/me/").status_code == 401
    assert desk.get("/api/v1/me/").status_code == here
    assert CheckedClient(headers={"Authorization": f"Token {key}"}).get("/api/v1/me/").status_code == 200


def test_signing_out_and_a_new_password_take_it_off_the_list(world: World) -> None:
    world.bob.set_unusable_password()
    world.bob.save()
    desk, phone = browser(world), browser(world, SAFARI)
    phone.post("/signout/")
    assert names(desk) == {("Firefox on Linux", True)}
    third = browser(world, SAFARI)
    word = "a long and quiet sentence"
    answer = desk.post("/account/", {"new_password1": word, "new_password2": word}, format="multipart")
    assert "The password is set" in answer.content.decode()
    assert third.get("/api/v1/me/").status_code == 401
    assert names(desk) == {("Firefox on Linux", True)}


def test_an_account_that_is_switched_off_has_no_session_left(world: World) -> None:
    browser(world)
    switch_off(world.bob)
    assert (SignIn.objects.count(), Session.objects.count()) == (0, 0)


def test_a_session_is_written_down_every_few_minutes_only(world: World) -> None:
    desk = browser(world)
    first = SignIn.objects.get().seen
    desk.get("/api/v1/me/")
    assert SignIn.objects.get().seen == first
    sign_ins._noted.clear()
    desk.get("/api/v1/me/")
    assert SignIn.objects.get().seen > first


def test_a_stream_ends_with_its_session(world: World, settings: object) -> None:
    desk = browser(world)
    stream = desk.get(f"/api/v1/projects/{world.project.pk}/runs/events/")
    lines = iter(stream)
    assert next(lines) == b"retry: 1000\n\n"
    sign_ins.end_all(world.bob)
    assert list(lines) == []
    stream.close()


def test_a_stream_ends_with_its_key(world: World) -> None:
    token, key = issue_token(world.bob, "script")
    program = CheckedClient(headers={"Authorization": f"Token {key}"})
    stream = program.get(f"/api/v1/projects/{world.project.pk}/runs/events/")
    lines = iter(stream)
    assert next(lines) == b"retry: 1000\n\n"
    token.delete()
    assert list(lines) == []
    stream.close()

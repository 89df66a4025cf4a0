"""The trail of sign-ins: every way in and what is done to an account stands there, and no secret does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from annotator.accounts import throttle, trail
from annotator.accounts.choices import Event, Purpose
from annotator.accounts.models import TrailEntry, User
from annotator.accounts.services import issue_signin_link
from annotator.projects.invitations import invite
from tests.annotator.world import World, client_of, make_user

PASSWORD = "correct horse battery"


@pytest.fixture
def bob(world: World) -> User:
    world.bob.set_password(PASSWORD)
    world.bob.save()
    return world.bob


def told(person: User | None) -> list[str]:
    """The events of an account, the oldest first."""
    return list(TrailEntry.objects.filter(user=person).order_by("created").values_list("event", flat=True))


def come(password: str, name: str = "bob", **headers: str) -> Client:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0", **headers})
    client.post("/signin/", {"username": name, "password": password})
    return client


def test_ways_in_by_password(bob: User) -> None:
    come("wrong")
    client = come(PASSWORD)
    client.post("/signout/")
    assert told(bob) == [Event.WRONG, Event.PASSWORD, Event.SIGNED_OUT]
    entry = TrailEntry.objects.get(event=Event.PASSWORD)
    assert (entry.address, entry.actor) == ("127.0.0.1", None)
    assert "Firefox" in entry.agent


def test_ways_in_by_links(bob: User, world: World, settings: Settings) -> None:
    Client().post(f"/signin/link/{issue_signin_link(bob)}/")
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    Client().post(f"/password/{issue_signin_link(bob, purpose=Purpose.PASSWORD)}/", new)
    assert told(bob) == [Event.LINK, Event.RESET]
    account = {"username": "nina", "first_name": "Nina", "password": PASSWORD, "again": PASSWORD}
    secret = invite(world.project, world.alice, role="viewer")[1]
    Client().post(f"/join/{secret}/", account)
    assert told(User.objects.get(username="nina")) == [Event.INVITED]
    settings.OPEN_SIGNUP = True
    Client().post("/signup/", account | {"username": "olga"})
    assert told(User.objects.get(username="olga")) == [Event.SIGNED_UP]


def test_what_was_typed_as_a_name_is_kept_nowhere(world: World) -> None:
    """People type their password there."""
    come("x", name="my-secret-password")
    (entry,) = TrailEntry.objects.all()
    assert (entry.event, entry.user) == (Event.WRONG, None)
    assert "my-secret" not in str(TrailEntry.objects.values())


def test_a_guessing_machine_leaves_one_refusal(bob: User) -> None:
    for _ in range(throttle.MAX_FAILURES + 5):
        come("wrong")
    assert told(bob) == [Event.WRONG] * throttle.MAX_FAILURES + [Event.REFUSED]


def test_what_is_done_to_an_account(bob: User, world: World) -> None:
    root = make_user("Root", is_staff=True)
    admin = client_of(root)
    for active in (False, True):
        admin.patch(f"/api/v1/people/{bob.pk}/", {"is_active": active})
    mine = client_of(bob)
    token = mine.post("/api/v1/tokens/", {"name": "training script"}).json()
    mine.delete(f"/api/v1/tokens/{token['id']}/")
    assert told(bob) == [Event.OFF, Event.ON, Event.KEY_MADE, Event.KEY_DELETED]
    assert TrailEntry.objects.get(event=Event.OFF).actor == root
    assert token["key"] not in str(TrailEntry.objects.values())
    found = admin.get(f"/api/v1/people/trail/?user={bob.pk}&event=off").json()["results"]
    assert [(row["actor"]["name"], row["text"]) for row in found] == [("Root", "Was switched off")]


def test_one_sees_ones_own(bob: User, world: World) -> None:
    come("wrong", name="alice")
    come("wrong")
    rows = client_of(bob).get("/api/v1/me/trail/").json()["results"]
    assert [(row["event"], row["user"]["username"], row["browser"]) for row in rows] == [
        ("wrong", "bob", "Firefox on Linux")
    ]
    client = come(PASSWORD)
    assert "Wrong password" in client.get("/account/").content.decode()


def test_days_are_both_included(bob: User, world: World) -> None:
    come("wrong")
    TrailEntry.objects.update(created=timezone.now().replace(year=2025, month=3, day=4, hour=23))
    admin = client_of(make_user("Root", is_staff=True))
    address = "/api/v1/people/trail/?since={}&until={}"
    days = [("2025-03-04", "2025-03-04", 1), ("2025-03-05", "2025-03-06", 0), ("2025-03-01", "2025-03-03", 0)]
    for since, until, count in days:
        assert len(admin.get(address.format(since, until)).json()["results"]) == count
    assert admin.get("/api/v1/people/trail/?since=yesterday").status_code == 400


def test_the_page_narrows_by_what_makes_sense(bob: User) -> None:
    come("wrong")
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    assert "Wrong password</span>" in client.get(f"/people/trail/?event=wrong&user={bob.pk}&since=now").content.decode()
    assert "Nothing of that kind" in client.get("/people/trail/?event=off").content.decode()


def test_nobody_is_kept_out_because_it_cannot_be_written(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(TrailEntry.objects, "create", full)
    assert "_auth_user_id" in come(PASSWORD).session


def test_old_entries_go(bob: User, settings: Settings) -> None:
    settings.TRAIL_DAYS = 10
    come("wrong")
    come("wrong")
    TrailEntry.objects.filter(pk=TrailEntry.objects.first().pk).update(created=timezone.now() - timedelta(days=11))
    assert trail.forget_old() == 1
    assert len(told(bob)) == 1

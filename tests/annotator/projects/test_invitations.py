"""Links that make people members of a project."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.accounts.services import switch_off
from annotator.journal.models import Entry
from annotator.journal.present import sentence_of
from annotator.lib.errors import ApiError
from annotator.lib.redact import LineFormatter
from annotator.projects.invitations import accept, invite, revoke
from annotator.projects.models import Invitation, Membership
from tests.annotator.together import at_once
from tests.annotator.world import World, make_member, make_user

WORD = "a long and quiet sentence"


def url(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/invitations/"


def link(world: World, **asked: object) -> str:
    made = world.as_alice.post(url(world), {"role": "annotator"} | asked)
    assert made.status_code == 201
    return str(made.json()["path"])


def browser(user: User | None = None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def role_of(world: World, user: User) -> str | None:
    return Membership.objects.filter(project=world.project, user=user).values_list("role", flat=True).first()


def reason(world: World, path: str) -> str:
    """What a stranger is told who opens the link."""
    answer = browser(world.charlie).get(path)
    assert answer.status_code == 410
    return answer.content.decode()


def test_a_person_with_an_account_is_asked_and_joins(world: World) -> None:
    path = link(world)
    client = browser(world.charlie)
    asked = client.get(path).content.decode()
    assert "Join as Charlie" in asked
    assert "Alice invites you as annotator" in asked
    assert role_of(world, world.charlie) is None
    assert client.post(path)["Location"] == f"/projects/{world.project.pk}/"
    assert role_of(world, world.charlie) == Role.ANNOTATOR
    assert client.get(path)["Location"] == f"/projects/{world.project.pk}/"


def test_a_new_person_makes_an_account_there(world: World) -> None:
    path, client = link(world, role="reviewer"), browser()
    form = {"username": "zoe", "first_name": "Zoë", "password": WORD, "again": WORD}
    assert client.post(path, form)["Location"] == f"/projects/{world.project.pk}/"
    zoe = User.objects.get(username="zoe")
    assert role_of(world, zoe) == Role.REVIEWER
    assert (zoe.is_staff, zoe.email) == (False, "")
    assert client.get("/account/").status_code == 200
    assert Client().login(username="zoe", password=WORD)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "BOB"}, "Somebody is called “BOB” already."),
        ({"again": "something else"}, "This is not the same as above."),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "zoezoezoezoe1", "again": "zoezoezoezoe1", "username": "zoezoezoezoe"}, "too similar"),
        ({"email": "nowhere"}, "valid email"),
    ],
)
def test_a_bad_account_uses_nothing_up(world: World, wrong: dict[str, str], said: str) -> None:
    path = link(world)
    answer = browser().post(path, {"username": "zoe", "password": WORD, "again": WORD} | wrong)
    assert said in answer.content.decode()
    assert Invitation.objects.get().used == 0
    assert User.objects.count() == 4


def test_each_way_in_which_an_invitation_is_over_has_its_sentence(world: World) -> None:
    path = link(world)
    assert "no such invitation" in reason(world, "/join/nonsense/")
    Invitation.objects.update(used=1)
    assert "was used already" in reason(world, path)
    Invitation.objects.update(most=3, used=3)
    assert "let in all it was for" in reason(world, path)
    Invitation.objects.update(used=0, expires=timezone.now() - timedelta(seconds=1))
    assert "has expired" in reason(world, path)
    row = Invitation.objects.get()
    assert world.as_alice.delete(f"/api/v1/invitations/{row.pk}/").status_code == 204
    assert "was revoked" in reason(world, path)
    assert world.as_alice.get(url(world)).json()["results"] == []
    assert browser().post(path, {"username": "zoe", "password": WORD, "again": WORD}).status_code == 410
    assert not User.objects.filter(username="zoe").exists()


def test_an_invitation_ends_with_the_right_to_make_it(world: World) -> None:
    manager = make_user("Max")
    member = make_member(world.project, manager, Role.MANAGER)
    _, secret = invite(world.project, manager, role="viewer")
    member.role = Role.REVIEWER
    member.save()
    assert "does not manage" in reason(world, f"/join/{secret}/")
    member.role = Role.MANAGER
    member.save()
    switch_off(manager)
    assert "does not manage" in reason(world, f"/join/{secret}/")


def test_no_link_makes_an_owner(world: World) -> None:
    refused = world.as_alice.post(url(world), {"role": "owner"})
    assert (refused.status_code, refused.json()["code"]) == (400, "no_owner_by_link")


def test_who_was_removed_does_not_come_back_by_the_same_link(world: World) -> None:
    path = link(world, people=5)
    client = browser(world.charlie)
    client.post(path)
    Membership.objects.filter(user=world.charlie).delete()
    assert "used this invitation before" in client.post(path).content.decode()
    assert role_of(world, world.charlie) is None


def test_a_member_keeps_the_role_and_uses_nothing_up(world: World) -> None:
    path = link(world, role="manager")
    assert browser(world.bob).post(path).status_code == 302
    assert role_of(world, world.bob) == Role.ANNOTATOR
    assert Invitation.objects.get().used == 0


def test_the_secret_stands_neither_in_the_database_nor_in_a_log(world: World) -> None:
    path = link(world)
    secret = path.split("/")[2]
    assert secret not in str(Invitation.objects.values())
    for address in (path, f"/signin/?next={path}", f"/signin/?next={path.replace('/', '%2F')}&x=1"):
        record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", (address,), None)
        assert secret not in LineFormatter("{message}", style="{").format(record)


def test_the_log_says_who_joined_and_by_whom(world: World) -> None:
    browser(world.charlie).post(link(world))
    entries = [sentence_of(entry) for entry in Entry.objects.order_by("created")]
    assert entries == [
        "An invitation was made, for 1 person as annotator.",
        "Charlie became a member, as annotator, by an invitation of Alice.",
    ]


def test_there_is_a_limit_to_open_invitations(world: World) -> None:
    for _ in range(50):
        invite(world.project, world.alice, role="viewer")
    assert world.as_alice.post(url(world), {"role": "viewer"}).json()["code"] == "too_many_invitations"
    revoke(Invitation.objects.all()[0], world.alice)
    assert world.as_alice.post(url(world), {"role": "viewer"}).status_code == 201


def test_open_sign_up_is_a_setting(world: World, settings: object) -> None:
    form = {"username": "zoe", "password": WORD, "again": WORD}
    assert "/signup/" not in browser().get("/signin/").content.decode()
    assert browser().post("/signup/", form).status_code == 404
    settings.OPEN_SIGNUP = True  # type: ignore[attr-defined]
    assert "/signup/" in browser().get("/signin/").content.decode()
    client = browser()
    assert client.post("/signup/", form)["Location"] == "/"
    assert client.get("/").status_code == 200
    for number in range(9):
        assert browser().post("/signup/", form | {"username": f"zoe{number}"}).status_code == 302
    refused = browser().post("/signup/", form | {"username": "one-more"}).content.decode()
    assert re.search(r"Try again in \d+ minute", refused)
    assert not User.objects.filter(username="one-more").exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_only_as_many_get_in_as_it_is_for(transactional_db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    from tests.annotator.world import make_world

    world = make_world()
    _, secret = invite(world.project, world.alice, role="viewer", people=2)
    people = [make_user(f"P{number}") for number in range(6)]
    answers = at_once(*(partial(accept, secret, person) for person in people), refused=(ApiError,))
    refused = [answer.code for answer in answers if isinstance(answer, ApiError)]
    in_at = len(answers) - len(refused)
    assert in_at == Membership.objects.filter(project=world.project, user__in=people).count() == 2
    assert refused == ["invitation_over"] * 4
    assert Invitation.objects.get().used == 2

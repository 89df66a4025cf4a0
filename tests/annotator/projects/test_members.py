"""Members of a project and one member."""

from __future__ import annotations

import pytest

from annotator.accounts.choices import Role
from annotator.projects.models import Membership
from tests.annotator.world import World, client_of, make_member, make_user


def url(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/members/"


def member(world: World, name: str) -> str:
    return f"/api/v1/members/{Membership.objects.get(project=world.project, user__username=name).pk}/"


def test_it_lists_people_with_their_roles(world: World) -> None:
    rows = world.as_bob.get(url(world)).json()["results"]
    assert [(row["user"]["name"], row["role"]) for row in rows] == [
        ("Alice", "owner"), ("Bob", "annotator"), ("Dana", "reviewer"),
    ]  # fmt: skip


@pytest.mark.parametrize("user", ["charlie", "charlie@example.org", "CHARLIE@EXAMPLE.ORG"])
def test_it_adds_a_person_by_name_or_address(world: World, user: str) -> None:
    response = world.as_alice.post(url(world), {"user": user, "role": "viewer"})
    assert response.status_code == 201
    assert world.as_charlie.get(url(world)).status_code == 200


def test_it_says_when_there_is_no_such_person(world: World) -> None:
    response = world.as_alice.post(url(world), {"user": "zoe", "role": "viewer"})
    assert (response.status_code, response.json()["code"]) == (400, "unknown_person")


def test_nobody_is_a_member_twice(world: World) -> None:
    response = world.as_alice.post(url(world), {"user": "bob", "role": "viewer"})
    assert (response.status_code, response.json()["code"]) == (409, "already_member")


def test_the_last_owner_cannot_leave_or_step_down(world: World) -> None:
    assert world.as_alice.delete(member(world, "alice")).json()["code"] == "last_owner"
    assert world.as_alice.patch(member(world, "alice"), {"role": "viewer"}).json()["code"] == "last_owner"


def test_an_owner_may_leave_when_there_is_another(world: World) -> None:
    world.as_alice.patch(member(world, "bob"), {"role": "owner"})
    assert world.as_alice.delete(member(world, "alice")).status_code == 204
    assert world.as_alice.get(f"/api/v1/projects/{world.project.pk}/").status_code == 404


def test_everybody_may_leave(world: World) -> None:
    assert world.as_bob.delete(member(world, "bob")).status_code == 204


def test_a_manager_cannot_make_or_remove_an_owner(world: World) -> None:
    manager = make_user("Max")
    make_member(world.project, manager, Role.MANAGER)
    client = client_of(manager)
    assert client.post(url(world), {"user": "charlie", "role": "owner"}).status_code == 403
    assert client.patch(member(world, "max"), {"role": "owner"}).status_code == 403
    assert client.delete(member(world, "alice")).status_code == 403
    assert client.patch(member(world, "bob"), {"role": "reviewer"}).status_code == 200

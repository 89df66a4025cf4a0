"""Teams: people who get a role in a project in one step."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.jobs.models import Job, JobImage
from annotator.journal.models import Entry
from annotator.journal.present import sentence_of
from annotator.projects import teams
from annotator.projects.models import Membership, Project, Team, TeamRole
from tests.annotator.together import at_once
from tests.annotator.world import World, client_of, make_member, make_project, make_user, make_world

API = "/api/v1"


def role_of(project: Project, user: User) -> str | None:
    return Membership.objects.filter(project=project, user=user).values_list("role", flat=True).first()


def members(world: World) -> str:
    return f"{API}/projects/{world.project.pk}/members/"


def member_url(world: World, user: User) -> str:
    return f"{API}/members/{Membership.objects.get(project=world.project, user=user).pk}/"


@pytest.fixture
def shift(world: World) -> Team:
    """A team that Alice leads, with Charlie and Bob; Bob annotates already, Charlie is a stranger."""
    team = teams.make_team("Night shift", world.alice)
    for person in (world.charlie, world.bob):
        teams.add_person(team, person, world.alice)
    return team


def test_a_team_is_made_and_filled_and_given_a_role(world: World) -> None:
    made = world.as_alice.post(f"{API}/teams/", {"name": "Night shift"}).json()
    assert (made["lead"]["name"], made["may_change"], made["projects"]) == ("Alice", True, 0)
    filled = world.as_alice.post(f"{API}/teams/{made['id']}/people/", {"user": "charlie"})
    assert [row["username"] for row in filled.json()["people"]] == ["alice", "charlie"]
    url = f"{API}/projects/{world.project.pk}/teams/"
    given = world.as_alice.post(url, {"team": made["id"], "role": "reviewer"})
    assert (given.status_code, given.json()["people"]) == (201, 2)
    assert role_of(world.project, world.charlie) == Role.REVIEWER
    assert world.as_charlie.get(url).json()["results"][0]["name"] == "Night shift"
    row = next(row for row in world.as_charlie.get(members(world)).json()["results"] if row["username"] == "charlie")
    assert (row["own_role"], row["teams"]) == (None, [{"name": "Night shift", "role": "reviewer"}])


def test_a_person_in_two_roles_has_the_higher_and_keeps_their_own(world: World, shift: Team) -> None:
    given = teams.give_role(world.project, shift, "reviewer", world.alice)
    assert role_of(world.project, world.bob) == Role.REVIEWER
    assert role_of(world.project, world.alice) == Role.OWNER
    bob = Membership.objects.get(project=world.project, user=world.bob)
    assert bob.personal == Role.ANNOTATOR
    teams.change_team_role(given, "viewer", world.alice)
    assert role_of(world.project, world.bob) == Role.ANNOTATOR
    teams.change_team_role(given, "manager", world.alice)
    teams.take_team_out(given, world.alice)
    assert (role_of(world.project, world.bob), role_of(world.project, world.charlie)) == (Role.ANNOTATOR, None)


def test_of_two_teams_the_higher_role_counts_and_the_other_stays(world: World, shift: Team) -> None:
    other = teams.make_team("Leads", world.charlie)
    high = teams.give_role(world.project, other, "manager", world.alice)
    low = teams.give_role(world.project, shift, "viewer", world.alice)
    assert role_of(world.project, world.charlie) == Role.MANAGER
    teams.take_team_out(high, world.alice)
    assert role_of(world.project, world.charlie) == Role.VIEWER
    teams.take_team_out(low, world.alice)
    assert role_of(world.project, world.charlie) is None


def test_who_comes_and_goes_gets_and_loses_what_the_team_gives(world: World, shift: Team) -> None:
    second = make_project(world.alice, "Dogs")
    for project in (world.project, second):
        teams.give_role(project, shift, "annotator", world.alice)
    erin = make_user("Erin")
    teams.add_person(shift, erin, world.alice)
    assert [role_of(project, erin) for project in (world.project, second)] == ["annotator", "annotator"]
    job = Job.objects.create(project=world.project, number=1, assignee=erin)
    JobImage.objects.create(job=job, image=world.image)
    teams.take_person_out(shift, erin, world.alice)
    assert [role_of(project, erin) for project in (world.project, second)] == [None, None]
    job.refresh_from_db()
    assert job.assignee is None


def test_deleting_a_team_takes_back_what_it_gave_everywhere(world: World, shift: Team) -> None:
    second = make_project(world.alice, "Dogs")
    for project in (world.project, second):
        teams.give_role(project, shift, "annotator", world.alice)
    assert world.as_alice.delete(f"{API}/teams/{shift.pk}/").status_code == 204
    assert [role_of(project, world.charlie) for project in (world.project, second)] == [None, None]
    assert role_of(world.project, world.bob) == Role.ANNOTATOR
    assert not TeamRole.objects.exists()


def test_a_member_through_a_team_is_not_removed_by_hand(world: World, shift: Team) -> None:
    teams.give_role(world.project, shift, "viewer", world.alice)
    refused = world.as_alice.delete(member_url(world, world.charlie))
    assert (refused.status_code, refused.json()["code"]) == (409, "in_a_team")
    assert "through the team “Night shift”" in refused.json()["message"]


def test_an_own_role_and_a_teams_go_side_by_side(world: World, shift: Team) -> None:
    given = teams.give_role(world.project, shift, "annotator", world.alice)
    added = world.as_alice.post(members(world), {"user": "charlie", "role": "viewer"}).json()
    assert (added["role"], added["own_role"]) == ("annotator", "viewer")
    assert world.as_alice.delete(member_url(world, world.charlie)).status_code == 204
    assert Membership.objects.get(project=world.project, user=world.charlie).personal is None
    changed = world.as_alice.patch(member_url(world, world.charlie), {"role": "reviewer"}).json()
    assert (changed["role"], changed["own_role"]) == ("reviewer", "reviewer")
    teams.take_team_out(given, world.alice)
    assert role_of(world.project, world.charlie) == Role.REVIEWER
    assert world.as_alice.delete(member_url(world, world.charlie)).status_code == 204


def test_no_team_owns_a_project(world: World, shift: Team) -> None:
    url = f"{API}/projects/{world.project.pk}/teams/"
    assert world.as_alice.post(url, {"team": str(shift.pk), "role": "owner"}).json()["code"] == "no_owner_team"
    given = teams.give_role(world.project, shift, "viewer", world.alice)
    assert world.as_alice.patch(f"{API}/team-roles/{given.pk}/", {"role": "owner"}).json()["code"] == "no_owner_team"
    again = world.as_alice.post(url, {"team": str(shift.pk), "role": "viewer"})
    assert (again.status_code, again.json()["code"]) == (409, "team_has_role")


def test_who_sees_and_who_changes_a_team(world: World, shift: Team) -> None:
    url, admin = f"{API}/teams/{shift.pk}/", make_user("Root", is_staff=True)
    seen = {"alice": 200, "bob": 200, "dana": 404, "root": 200}
    changed = {"alice": 200, "bob": 403, "dana": 404, "root": 200}
    for person in (world.alice, world.bob, world.dana, admin):
        client = client_of(person)
        assert client.get(url).status_code == seen[person.username]
        assert client.patch(url, {"name": "Late shift"}).status_code == changed[person.username]
        listed = [row["name"] for row in client.get(f"{API}/teams/").json()["results"]]
        assert listed == (["Late shift"] if seen[person.username] == 200 else [])


def test_a_manager_brings_in_only_a_team_they_see(world: World, shift: Team) -> None:
    manager = make_user("Max")
    make_member(world.project, manager, Role.MANAGER)
    url = f"{API}/projects/{world.project.pk}/teams/"
    assert client_of(manager).post(url, {"team": str(shift.pk), "role": "viewer"}).status_code == 404
    teams.add_person(shift, manager, world.alice)
    assert client_of(manager).post(url, {"team": str(shift.pk), "role": "viewer"}).status_code == 201


def test_everybody_may_leave_but_the_lead_first_names_another(world: World, shift: Team) -> None:
    people = f"{API}/teams/{shift.pk}/people"
    assert world.as_bob.delete(f"{people}/{world.charlie.pk}/").status_code == 403
    assert world.as_bob.delete(f"{people}/{world.bob.pk}/").status_code == 204
    assert world.as_alice.delete(f"{people}/{world.bob.pk}/").status_code == 404
    assert world.as_alice.delete(f"{people}/{world.alice.pk}/").json()["code"] == "leads_team"
    url = f"{API}/teams/{shift.pk}/"
    assert world.as_alice.patch(url, {"lead": str(world.dana.pk)}).json()["code"] == "not_in_team"
    assert world.as_alice.patch(url, {"lead": str(world.charlie.pk)}).json()["may_change"] is False
    assert world.as_alice.delete(f"{people}/{world.alice.pk}/").status_code == 204
    twice = world.as_charlie.post(f"{people}/", {"user": "charlie"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_in_team")
    assert world.as_charlie.post(f"{people}/", {"user": "nobody"}).json()["code"] == "unknown_person"


def test_the_log_says_what_a_team_brought(world: World, shift: Team) -> None:
    given = teams.give_role(world.project, shift, "reviewer", world.alice)
    teams.take_team_out(given, world.alice)
    said = [sentence_of(entry) for entry in Entry.objects.order_by("created", "pk")]
    assert set(said) == {
        "The team “Night shift” came in, as reviewer.",
        "Charlie became a member, as reviewer.",
        "Bob, until then annotator, became reviewer.",
        "The team “Night shift”, reviewer, was taken out.",
        "Charlie, reviewer, is no member any more.",
        "Bob, until then reviewer, became annotator.",
    }


@pytest.mark.django_db(transaction=True)
def test_people_and_roles_that_come_at_the_same_time_find_each_other(transactional_db: None) -> None:
    """Somebody comes into a team while it gets a role: whichever is first, they have the role in the end."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    world = make_world()
    team = teams.make_team("Night shift", world.alice)
    newcomers = [make_user(f"P{number}") for number in range(3)]
    calls = [partial(teams.add_person, team, person, world.alice) for person in newcomers]
    calls.append(partial(teams.give_role, world.project, team, "viewer", world.alice))
    at_once(*calls)
    assert [role_of(world.project, person) for person in newcomers] == ["viewer"] * 3

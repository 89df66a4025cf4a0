"""Verbs about teams. What a team gives is written into the memberships at once, so that everything that asks for a
person's role finds it there: the highest of their own and of their teams'."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, QuerySet

from annotator.accounts.access import Right, allows, higher
from annotator.accounts.choices import Role
from annotator.accounts.extensions import say_farewell
from annotator.accounts.models import User
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.happenings import Kind
from annotator.projects.models import Membership, Project, Team, TeamMember, TeamRole
from annotator.projects.telling import tell_of

MOST_LED = 100
MOST_PEOPLE = 500


def roles_lent(project: Project, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, Role]:
    """Return the highest role that their teams give these people in a project; whom none gives any is left out."""
    rows = TeamRole.objects.filter(project=project, team__members__user__in=list(people))
    found: dict[uuid.UUID, Role] = {}
    for person, role in rows.values_list("team__members__user", "role"):
        found[person] = higher(found.get(person), Role(role)) or Role(role)
    return found


def teams_by_person(project: Project, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[TeamRole]]:
    """Return through which teams, in which role, these people are in a project."""
    roles = list(TeamRole.objects.filter(project=project).select_related("team"))
    of_team = {role.team_id: role for role in roles}
    found: dict[uuid.UUID, list[TeamRole]] = defaultdict(list)
    inside = TeamMember.objects.filter(team__in=of_team, user__in=list(people)) if of_team else []
    for member in inside:
        found[member.user_id].append(of_team[member.team_id])
    return found


def roles_in(project: Project) -> QuerySet[TeamRole]:
    """Return the teams of a project with their roles, and how many people each has."""
    return project.team_roles.select_related("team").annotate(people_count=Count("team__members"))


def make_team(name: str, lead: User) -> Team:
    """Make a team; its lead is the first in it. Raises ApiError when they lead too many."""
    if lead.teams_led.count() >= MOST_LED:
        raise ApiError("too_many_teams", f"You lead {MOST_LED} teams already. Delete one that is not used any more.")
    with transaction.atomic():
        team = Team.objects.create(name=name, lead=lead)
        TeamMember.objects.create(team=team, user=lead)
    return team


def change_team(team: Team, *, name: str | None = None, lead: uuid.UUID | None = None) -> None:
    """Rename a team, or give it another lead. Raises ApiError for a lead who is not in it."""
    if lead is not None and not team.members.filter(user=lead, user__is_active=True).exists():
        raise ApiError("not_in_team", "Who leads a team must be in it. Add the person first.")
    team.name, team.lead_id = name or team.name, lead or team.lead_id
    team.save(update_fields=["name", "lead"])


def delete_team(team: Team, by: User) -> None:
    """Delete a team, and take back what it gave in every project."""
    with transaction.atomic():
        _hold(team)
        people = list(team.members.values_list("user", flat=True))
        for role in team.roles.select_related("project", "team").order_by("project"):
            _take_out(role, people, by)
        team.delete()


def add_person(team: Team, person: User, by: User) -> None:
    """Put somebody into a team; they get its role in each of its projects. Raises Conflict and ApiError."""
    with transaction.atomic():
        _hold(team)
        if team.members.count() >= MOST_PEOPLE:
            raise ApiError("team_full", f"A team has {MOST_PEOPLE} people at most.")
        _, new = TeamMember.objects.get_or_create(team=team, user=person)
        if not new:
            raise Conflict("already_in_team", f"{person.name} is in this team already.")
        _settle_everywhere(team, person, by)


def take_person_out(team: Team, person: User, by: User) -> None:
    """Take somebody out of a team, and with it what it gave them. Raises Conflict for its lead."""
    if person.pk == team.lead_id:
        raise Conflict("leads_team", f"{person.name} leads this team. Give it another lead first, or delete it.")
    with transaction.atomic():
        _hold(team)
        team.members.filter(user=person).delete()
        _settle_everywhere(team, person, by)


def give_role(project: Project, team: Team, role: str, by: User) -> TeamRole:
    """Give a team a role in a project. Raises Conflict when it has one, ApiError for owners."""
    _no_owner(role)
    with transaction.atomic():
        _hold(team)
        row, new = TeamRole.objects.get_or_create(project=project, team=team, defaults={"role": role})
        if not new:
            raise Conflict("team_has_role", f"The team “{team.name}” has a role in this project already: {row.role}.")
        tell_of(project, Kind.TEAM_ADDED, by, team=team.name, role=role)
        settle(project, team.members.values_list("user", flat=True), by)
    return row


def change_team_role(row: TeamRole, role: str, by: User) -> None:
    """Give a team another role in a project. Raises ApiError for owners."""
    _no_owner(role)
    with transaction.atomic():
        _hold(row.team)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        if before != role:
            tell_of(row.project, Kind.TEAM_ROLE, by, team=row.team.name, before=before, role=role)
        settle(row.project, row.team.members.values_list("user", flat=True), by)


def take_team_out(row: TeamRole, by: User) -> None:
    """Take a team out of a project: its people keep what they have themselves, or by another team."""
    with transaction.atomic():
        _hold(row.team)
        _take_out(row, row.team.members.values_list("user", flat=True), by)


def _take_out(row: TeamRole, people: Iterable[uuid.UUID], by: User) -> None:
    project, name, role = row.project, row.team.name, row.role
    row.delete()
    tell_of(project, Kind.TEAM_REMOVED, by, team=name, role=role)
    settle(project, people, by)


def _no_owner(role: str) -> None:
    if role == Role.OWNER:
        raise ApiError(
            "no_owner_team", "A team is never owner of a project. Make single people owners.",
            fields={"role": ["Choose another role."]},
        )  # fmt: skip


def _hold(team: Team) -> None:
    """Let nobody else change the team's people or roles until the transaction ends."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def _settle_everywhere(team: Team, person: User, by: User) -> None:
    for row in team.roles.select_related("project").order_by("project"):
        settle(row.project, [person.pk], by)


def settle(project: Project, people: Iterable[uuid.UUID], by: User) -> None:
    """Write what these people are in a project now: the highest of their own role and their teams'. Within a
    transaction; others who do the same wait."""
    wanted = list(people)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    lent = roles_lent(project, wanted)
    members = {row.user_id: row for row in project.memberships.filter(user__in=wanted).select_related("user")}
    for person in User.objects.filter(pk__in=wanted).order_by("pk"):
        _settle_one(project, person, members.get(person.pk), lent.get(person.pk), by)


def _settle_one(project: Project, person: User, member: Membership | None, lent: Role | None, by: User) -> None:
    own = member.personal if member else None
    role = higher(own, lent)
    if member is None:
        if role is not None:
            member = Membership(project=project, user=person)
            member.hold(None, role)
            member.save()
            tell_of(project, Kind.MEMBER_ADDED, by, person=person.name, role=role)
    elif role is None:
        member.delete()
        say_farewell(person.pk, project.pk)
        tell_of(project, Kind.MEMBER_REMOVED, by, person=person.name, role=member.role)
    else:
        before = member.role
        member.hold(own, role)
        member.save(update_fields=["role", "own_role"])
        if before != role:
            tell_of(project, Kind.MEMBER_ROLE, by, person=person.name, before=before, role=role)
        if not allows(role, Right.ANNOTATE):
            say_farewell(person.pk, project.pk)

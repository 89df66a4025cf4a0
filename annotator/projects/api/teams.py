"""Teams, and their roles in projects."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.accounts.api.serializers import PersonSerializer
from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.lib.errors import NotFound
from annotator.lib.openapi import listed
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects import teams
from annotator.projects.models import Team, TeamRole
from annotator.projects.queries import get_project_for, get_team_for, get_team_role_for, person_called, teams_seen


class TeamPersonSerializer(PersonSerializer):
    """Somebody in a team."""

    username = serializers.CharField()


class TeamSerializer(serializers.Serializer[Team]):
    """A team with its people."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    lead = PersonSerializer(allow_null=True)
    people = TeamPersonSerializer(many=True)
    projects = serializers.IntegerField(source="project_count", help_text="In how many projects it has a role.")
    may_change = serializers.BooleanField(help_text="One leads it, or is an administrator.")


class TeamWrite(StrictSerializer):
    """A team's name, and who leads it (somebody in it)."""

    name = serializers.CharField(max_length=100)
    lead = serializers.UUIDField(required=False)


class TeamCreate(StrictSerializer):
    """A new team."""

    name = serializers.CharField(max_length=100)


class TeamPersonWrite(StrictSerializer):
    """Who comes into a team."""

    user = serializers.CharField(max_length=254, help_text="User name or e-mail address.")


class TeamRoleSerializer(serializers.Serializer[TeamRole]):
    """A team's role in a project."""

    id = serializers.UUIDField()
    team = serializers.UUIDField(source="team_id")
    name = serializers.CharField(source="team.name")
    people = serializers.IntegerField(source="people_count")
    role = serializers.ChoiceField(choices=Role.choices)


class TeamRoleCreate(StrictSerializer):
    """A team and its role."""

    team = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices)


class TeamRoleWrite(StrictSerializer):
    """Another role."""

    role = serializers.ChoiceField(choices=Role.choices)


def _team(user: User, pk: uuid.UUID, status: int = 200) -> Response:
    return Response(_shown(user, teams_seen(user).get(pk=pk)), status=status)


def _shown(user: User, team: Team) -> dict[str, Any]:
    team.__dict__["may_change"] = user.is_staff or team.lead_id == user.pk
    return dict(TeamSerializer(team).data)


class Teams(APIView):
    """The teams one is in or leads; for administrators all."""

    @extend_schema(operation_id="teams_list", responses=listed(TeamSerializer))
    def get(self, request: Request) -> Response:
        """List them with their people."""
        user = current_user(request)
        return Response({"results": [_shown(user, team) for team in teams_seen(user)]})

    @extend_schema(request=TeamCreate, responses={201: TeamSerializer})
    def post(self, request: Request) -> Response:
        """Make one; one leads it."""
        user = current_user(request)
        return _team(user, teams.make_team(parse(TeamCreate, request)["name"], user).pk, 201)


class TeamDetail(APIView):
    """One team."""

    for_project_keys = ()

    @extend_schema(responses=TeamSerializer)
    def get(self, request: Request, team_id: uuid.UUID) -> Response:
        """Return it with its people."""
        user = current_user(request)
        return _team(user, get_team_for(user, team_id).pk)

    @extend_schema(request=TeamWrite, responses=TeamSerializer)
    def patch(self, request: Request, team_id: uuid.UUID) -> Response:
        """Rename it, or give it another lead."""
        user = current_user(request)
        teams.change_team(get_team_for(user, team_id, change=True), **parse(TeamWrite, request, partial=True))
        team = teams_seen(user).filter(pk=team_id).first()
        if team is None:
            raise NotFound("team")
        return Response(_shown(user, team))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, team_id: uuid.UUID) -> Response:
        """Delete it: what it gave in projects is taken back."""
        user = current_user(request)
        teams.delete_team(get_team_for(user, team_id, change=True), user)
        return Response(status=204)


class TeamPeople(APIView):
    """The people of a team."""

    for_project_keys = ()

    @extend_schema(request=TeamPersonWrite, responses={201: TeamSerializer})
    def post(self, request: Request, team_id: uuid.UUID) -> Response:
        """Put somebody in, by user name or e-mail address."""
        user = current_user(request)
        team = get_team_for(user, team_id, change=True)
        teams.add_person(team, person_called(parse(TeamPersonWrite, request)["user"]), user)
        return _team(user, team.pk, 201)


class TeamPersonDetail(APIView):
    """Somebody in a team."""

    for_project_keys = ()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, team_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Take the person out; everybody may leave."""
        user = current_user(request)
        team = get_team_for(user, team_id, change=user_id != user.pk)
        person = User.objects.filter(pk=user_id, teams=team).first()
        if person is None:
            raise NotFound("person in this team")
        teams.take_person_out(team, person, user)
        return Response(status=204)


class ProjectTeams(APIView):
    """The teams of a project."""

    @extend_schema(operation_id="project_teams_list", responses=listed(TeamRoleSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them with their roles."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return Response({"results": [TeamRoleSerializer(row).data for row in teams.roles_in(project)]})

    @extend_schema(request=TeamRoleCreate, responses={201: TeamRoleSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Give a team a role: all its people are members, in it or in a higher one of their own."""
        user = current_user(request)
        project = get_project_for(user, project_id, Right.MANAGE)
        asked = parse(TeamRoleCreate, request)
        row = teams.give_role(project, get_team_for(user, asked["team"]), asked["role"], user)
        return Response(_role_shown(row), status=201)


class ProjectTeamDetail(APIView):
    """A team in a project."""

    @extend_schema(request=TeamRoleWrite, responses=TeamRoleSerializer)
    def patch(self, request: Request, team_role_id: uuid.UUID) -> Response:
        """Give it another role."""
        row = get_team_role_for(request.user, team_role_id, Right.MANAGE)
        teams.change_team_role(row, parse(TeamRoleWrite, request)["role"], current_user(request))
        return Response(_role_shown(row))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, team_role_id: uuid.UUID) -> Response:
        """Take it out: its people keep what they have themselves, or by another team."""
        teams.take_team_out(get_team_role_for(request.user, team_role_id, Right.MANAGE), current_user(request))
        return Response(status=204)


def _role_shown(row: TeamRole) -> dict[str, Any]:
    return dict(TeamRoleSerializer(teams.roles_in(row.project).get(pk=row.pk)).data)

"""Projects and their labels and members."""

from __future__ import annotations

import uuid
from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Person, Right, current_user
from annotator.accounts.choices import Role
from annotator.lib.errors import Forbidden
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects import queries, services
from annotator.projects.api.present import members_json, projects_json
from annotator.projects.api.serializers import (
    GuidelinesSerializer,
    LabelSerializer,
    LabelWrite,
    MemberSerializer,
    MemberWrite,
    ProjectCreate,
    ProjectSerializer,
    ProjectWrite,
    RoleWrite,
)
from annotator.projects.guidelines import as_html
from annotator.projects.models import Project
from annotator.projects.queries import get_label_for, get_member_for, get_project_for, projects_of


def _answer(user: Person, project: Project, status: int = 200) -> Response:
    counted = queries.with_counts(Project.objects.filter(pk=project.pk), user)
    return Response(projects_json(user, list(counted))[0], status=status)


class Projects(APIView):
    """The projects one is a member of, newest first."""

    for_project_keys = ("GET",)

    @extend_schema(operation_id="projects_list", responses=paged(ProjectSerializer))
    def get(self, request: Request) -> Response:
        """List them."""
        rows = queries.with_counts(projects_of(request.user), request.user)
        return page_of(self, request, rows, partial(projects_json, request.user), ordering=("-created", "id"))

    @extend_schema(request=ProjectCreate, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """Make a project; one is its owner."""
        user = current_user(request)
        return _answer(user, services.create_project(user, **parse(ProjectCreate, request)), status=201)


class ProjectDetail(APIView):
    """One project."""

    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return it with its labels, counts and model."""
        return _answer(request.user, get_project_for(request.user, project_id, Right.VIEW))

    @extend_schema(request=ProjectWrite, responses=ProjectSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change name, description or guidelines."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        services.change_project(project, parse(ProjectWrite, request, partial=True), current_user(request))
        return _answer(request.user, project)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: uuid.UUID) -> Response:
        """Delete it with everything in it; owners only."""
        services.delete_project(get_project_for(request.user, project_id, Right.OWN))
        return Response(status=204)


class Guidelines(APIView):
    """The project's guidelines, to be read."""

    @extend_schema(responses=GuidelinesSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return them as HTML made of their Markdown; HTML in them is shown as text."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return Response({"html": as_html(project.guidelines)})


class Labels(APIView):
    """The project's labels, in their order."""

    @extend_schema(responses=paged(LabelSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them all."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = [LabelSerializer(label).data for label in project.labels.all()]
        return Response({"results": rows, "next": None, "previous": None})

    @extend_schema(request=LabelWrite, responses={201: LabelSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add one; 409 when the name is taken."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        label = services.add_label(project, by=current_user(request), **parse(LabelWrite, request))
        return Response(LabelSerializer(label).data, status=201)


class LabelDetail(APIView):
    """One label."""

    @extend_schema(request=LabelWrite, responses=LabelSerializer)
    def patch(self, request: Request, label_id: uuid.UUID) -> Response:
        """Rename, recolour or reorder it, or change its attributes."""
        label = get_label_for(request.user, label_id, Right.MANAGE)
        services.change_label(label, parse(LabelWrite, request, partial=True), current_user(request))
        return Response(LabelSerializer(label).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, label_id: uuid.UUID) -> Response:
        """Delete it; 409 while objects carry it."""
        services.delete_label(get_label_for(request.user, label_id, Right.MANAGE), current_user(request))
        return Response(status=204)


class Members(APIView):
    """Who works in the project."""

    @extend_schema(responses=paged(MemberSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = project.memberships.select_related("user")
        return page_of(self, request, rows, partial(members_json, project))

    @extend_schema(request=MemberWrite, responses={201: MemberSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add a person by user name or e-mail address."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        values = parse(MemberWrite, request)
        _only_owners_touch_owners(request.user, project, values["role"])
        member = services.add_member(project, by=current_user(request), **values)
        return Response(members_json(project, [member])[0], status=201)


class MemberDetail(APIView):
    """One member."""

    @extend_schema(request=RoleWrite, responses=MemberSerializer)
    def patch(self, request: Request, member_id: uuid.UUID) -> Response:
        """Give another role."""
        member = get_member_for(request.user, member_id, Right.MANAGE)
        role = parse(RoleWrite, request)["role"]
        _only_owners_touch_owners(request.user, member.project, role, member.role)
        services.change_role(member, role, current_user(request))
        return Response(members_json(member.project, [member])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, member_id: uuid.UUID) -> Response:
        """Take the person out of the project; everybody may leave."""
        member = get_member_for(request.user, member_id, Right.VIEW)
        if member.user_id != request.user.pk:
            access.require(request.user, member.project, Right.MANAGE, "member")
            _only_owners_touch_owners(request.user, member.project, member.role)
        services.remove_member(member, current_user(request))
        return Response(status=204)


def _only_owners_touch_owners(user: Person, project: Project, *roles: str) -> None:
    if Role.OWNER in roles and access.role_in(user, project) != Role.OWNER:
        raise Forbidden("Only an owner may make, change or remove an owner.")

"""Invitations to a project, for those who manage it."""

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
from annotator.lib.openapi import listed
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects import invitations
from annotator.projects.models import Invitation
from annotator.projects.queries import get_invitation_for, get_project_for


class InvitationSerializer(serializers.Serializer[Invitation]):
    """An invitation, without its link."""

    id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices)
    people = serializers.IntegerField(source="most", help_text="How many people it lets in.")
    used = serializers.IntegerField(help_text="How many it let in so far.")
    created_by = PersonSerializer()
    created = serializers.DateTimeField()
    expires = serializers.DateTimeField()


class NewInvitationSerializer(InvitationSerializer):
    """An invitation just made, with its link."""

    path = serializers.CharField(help_text="The link's page on this server.")


class InvitationWrite(StrictSerializer):
    """What a new invitation needs: the role it gives, how many people it lets in, how many days it works."""

    role = serializers.ChoiceField(choices=Role.choices)
    people = serializers.IntegerField(min_value=1, max_value=invitations.MAX_PEOPLE, default=1)
    days = serializers.IntegerField(min_value=1, max_value=invitations.MAX_DAYS, default=invitations.DAYS)


class Invitations(APIView):
    """The invitations of a project."""

    throttle_scope = "keys"

    @extend_schema(operation_id="invitations_list", responses=listed(InvitationSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List those that still let somebody in (50 at most)."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return Response({"results": [InvitationSerializer(row).data for row in invitations.open_of(project)]})

    @extend_schema(request=InvitationWrite, responses={201: NewInvitationSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Make one; this answer is the only place that ever shows its link."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        row, secret = invitations.invite(project, current_user(request), **parse(InvitationWrite, request))
        shown: dict[str, Any] = {**InvitationSerializer(row).data, "path": f"/join/{secret}/"}
        return Response(shown, status=201)


class InvitationDetail(APIView):
    """One invitation."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, invitation_id: uuid.UUID) -> Response:
        """Revoke it: it lets nobody in any more; who is in stays."""
        invitations.revoke(get_invitation_for(request.user, invitation_id, Right.MANAGE), current_user(request))
        return Response(status=204)

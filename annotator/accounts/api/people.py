"""The accounts of this installation, for administrators."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import current_user, require_admin
from annotator.accounts.models import User
from annotator.accounts.services import switch_off, switch_on
from annotator.lib.errors import ApiError, NotFound
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import StrictSerializer, parse


class AccountSerializer(serializers.Serializer[User]):
    """Somebody's account."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField(allow_blank=True)
    is_admin = serializers.BooleanField(source="is_staff")
    is_active = serializers.BooleanField(help_text="false: switched off, nobody gets in by it.")
    date_joined = serializers.DateTimeField()
    last_login = serializers.DateTimeField(allow_null=True)


class AccountWrite(StrictSerializer):
    """What an administrator may change."""

    is_active = serializers.BooleanField()


class People(APIView):
    """Everybody who has an account."""

    @extend_schema(operation_id="people_list", responses=paged(AccountSerializer))
    def get(self, request: Request) -> Response:
        """List them, the first first."""
        require_admin(request.user)

        def shown(rows: list[User]) -> list[dict[str, object]]:
            return [dict(AccountSerializer(row).data) for row in rows]

        return page_of(self, request, User.objects.all(), shown, ordering=("date_joined", "id"))


class PersonDetail(APIView):
    """One account."""

    for_project_keys = ()

    @extend_schema(request=AccountWrite, responses=AccountSerializer)
    def patch(self, request: Request, person_id: uuid.UUID) -> Response:
        """Switch it off or on. Off ends sessions, tokens, links and streams, and frees the person's open jobs."""
        require_admin(request.user)
        person = User.objects.filter(pk=person_id).first()
        if person is None:
            raise NotFound("person")
        if parse(AccountWrite, request)["is_active"]:
            switch_on(person, current_user(request))
        elif person == current_user(request):
            raise ApiError("yourself", "You cannot switch off your own account. Another administrator can.")
        else:
            switch_off(person, current_user(request))
        return Response(AccountSerializer(person).data)

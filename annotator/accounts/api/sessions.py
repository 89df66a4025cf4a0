"""Where one is signed in."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import current_user
from annotator.accounts.models import SignIn
from annotator.accounts.sign_ins import described, end_all, end_one, sign_ins_of
from annotator.lib.errors import NotFound
from annotator.lib.openapi import listed
from annotator.lib.parsers import parse_query


class SessionSerializer(serializers.Serializer[SignIn]):
    """A place where one is signed in."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Browser and system, as far as known.")
    address = serializers.CharField()
    created = serializers.DateTimeField()
    seen = serializers.DateTimeField(help_text="When it was used last, within some minutes.")
    here = serializers.BooleanField(help_text="It is the one that asks.")


class EndFilter(serializers.Serializer[None]):
    """Which sessions end."""

    here = serializers.BooleanField(default=False, help_text="Also the one that asks.")


def _key(request: Request) -> str | None:
    key: str | None = request.session.session_key
    return key


class Sessions(APIView):
    """One's sessions in browsers."""

    @extend_schema(operation_id="sessions_list", responses=listed(SessionSerializer))
    def get(self, request: Request) -> Response:
        """List them, the one used last first."""
        key = _key(request)
        rows = list(sign_ins_of(current_user(request)))
        for row in rows:
            row.__dict__ |= {"name": described(row.agent), "here": row.key == key}
        shown: dict[str, Any] = {"results": [SessionSerializer(row).data for row in rows]}
        return Response(shown)

    @extend_schema(operation_id="sessions_end", parameters=[EndFilter], responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out everywhere else; with ?here=true here, too. Keys for programs stay."""
        here = parse_query(EndFilter, request)["here"]
        end_all(current_user(request), None if here else _key(request))
        return Response(status=204)


class SessionDetail(APIView):
    """One session."""

    for_project_keys = ()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        """Sign out there."""
        if not end_one(current_user(request), session_id):
            raise NotFound("session")
        return Response(status=204)

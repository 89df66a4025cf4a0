"""The trail of sign-ins: one's own, and for administrators everybody's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import trail
from annotator.accounts.access import current_user, require_admin
from annotator.accounts.api.serializers import PersonSerializer
from annotator.accounts.choices import Event
from annotator.accounts.models import TrailEntry
from annotator.accounts.sign_ins import described
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse_query

NEWEST = ("-created", "id")


class Who(PersonSerializer):
    """Somebody, by name."""

    username = serializers.CharField()


class TrailSerializer(serializers.Serializer[TrailEntry]):
    """Something that happened to an account or at its door."""

    id = serializers.UUIDField()
    created = serializers.DateTimeField()
    event = serializers.ChoiceField(choices=Event.choices)
    text = serializers.CharField(source="get_event_display")
    user = Who(allow_null=True, help_text="Whose account; null: nobody is called what was typed.")
    actor = Who(allow_null=True, help_text="Who did it, where that is somebody else.")
    address = serializers.CharField()
    browser = serializers.SerializerMethodField()
    about = serializers.CharField(help_text="A token's name.")

    def get_browser(self, entry: TrailEntry) -> str:
        """Return browser and system, as far as known."""
        return described(entry.agent) if entry.agent else ""


class TrailFilter(serializers.Serializer[None]):
    """What to narrow the trail by; days are in UTC, and both are included."""

    user = serializers.UUIDField(required=False)
    event = serializers.ChoiceField(choices=Event.choices, required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


def shown(rows: list[TrailEntry]) -> list[dict[str, Any]]:
    """Return the entries as JSON."""
    return [dict(TrailSerializer(row).data) for row in rows]


class Trail(APIView):
    """Everybody's."""

    @extend_schema(operation_id="people_trail_list", parameters=[TrailFilter], responses=paged(TrailSerializer))
    def get(self, request: Request) -> Response:
        """List it, the newest first; administrators only."""
        require_admin(request.user)
        rows = trail.entries(**parse_query(TrailFilter, request))
        return page_of(self, request, rows, shown, ordering=NEWEST)


class MyTrail(APIView):
    """One's own."""

    @extend_schema(operation_id="me_trail_list", responses=paged(TrailSerializer))
    def get(self, request: Request) -> Response:
        """List it, the newest first."""
        return page_of(self, request, trail.entries(user=current_user(request).pk), shown, ordering=NEWEST)

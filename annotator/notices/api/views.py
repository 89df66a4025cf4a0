"""One's own notices."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import current_user
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse, parse_query
from annotator.notices import queries, services
from annotator.notices.api.serializers import NoticeSerializer, NoticesFilter, ReadWrite, UnreadSerializer
from annotator.notices.present import notices_json


class Notices(APIView):
    """What concerns oneself."""

    @extend_schema(operation_id="me_notices_list", parameters=[NoticesFilter], responses=paged(NoticeSerializer))
    def get(self, request: Request) -> Response:
        """List it, the newest first."""
        rows = queries.visible(request.user)
        rows = rows.filter(read=None) if parse_query(NoticesFilter, request).get("unread") else rows
        return page_of(self, request, rows, notices_json, ordering=("-created", "id"))

    @extend_schema(request=ReadWrite, responses=UnreadSerializer)
    def patch(self, request: Request) -> Response:
        """Mark some as read, or all."""
        services.mark_read(current_user(request), parse(ReadWrite, request).get("notices"))
        return Response({"unread": queries.unread(request.user)})


class Unread(APIView):
    """The number on the bell."""

    @extend_schema(responses=UnreadSerializer)
    def get(self, request: Request) -> Response:
        """Count what was not read."""
        return Response({"unread": queries.unread(request.user)})

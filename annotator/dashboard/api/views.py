"""The numbers of a project."""

from __future__ import annotations

import uuid

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.dashboard.api.serializers import DashboardSerializer, PeriodFilter, WindowFilter
from annotator.dashboard.numbers import numbers_for
from annotator.dashboard.sheet import sheet_for
from annotator.lib.files import AnyAccept
from annotator.lib.parsers import parse_query
from annotator.projects.queries import get_project_for


class Dashboard(APIView):
    """Progress, throughput and the estimate of the rest; by day, by person and by label."""

    @extend_schema(parameters=[WindowFilter], responses=DashboardSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the numbers of the last ?days=; ?person= narrows days and labels to somebody. Whose numbers one may
        not see is left out: one's own are always there."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        wanted = parse_query(WindowFilter, request)
        numbers = numbers_for(current_user(request), project, wanted["days"], wanted.get("person"))
        return Response(DashboardSerializer(numbers).data)


class DashboardCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(parameters=[PeriodFilter], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, project_id: uuid.UUID) -> StreamingHttpResponse:
        """Download a row for each day, person and label."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        lines = sheet_for(current_user(request), project, parse_query(PeriodFilter, request)["days"])
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="numbers.csv"'
        return response

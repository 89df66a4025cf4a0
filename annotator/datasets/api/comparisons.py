"""Two snapshots beside each other."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.datasets import queries, services
from annotator.datasets.api.present import differences_json
from annotator.datasets.api.serializers import ComparisonSerializer, ComparisonWrite, ImageDifferenceSerializer
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class ProjectComparisons(APIView):
    """Comparisons of a project's snapshots."""

    throttle_scope = "heavy"

    @extend_schema(request=ComparisonWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Compare two snapshots; the run's result names the comparison."""
        project = get_project_for(request.user, project_id, Right.EXPORT)
        wanted = parse(ComparisonWrite, request)
        run = services.start_comparison(project, current_user(request), wanted["before"], wanted["after"])
        return Response(run_json(run), status=202)


class ComparisonDetail(APIView):
    """One comparison."""

    @extend_schema(responses=ComparisonSerializer)
    def get(self, request: Request, comparison_id: uuid.UUID) -> Response:
        """Return its numbers."""
        row = queries.get_comparison_for(request.user, comparison_id, Right.VIEW)
        return Response(ComparisonSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, comparison_id: uuid.UUID) -> Response:
        """Forget it; asked for again, it is made anew."""
        services.delete_comparison(queries.get_comparison_for(request.user, comparison_id, Right.MANAGE))
        return Response(status=204)


class ComparisonImages(APIView):
    """The images on which two snapshots differ."""

    @extend_schema(responses=paged(ImageDifferenceSerializer))
    def get(self, request: Request, comparison_id: uuid.UUID) -> Response:
        """List them in the project's order, those that went last."""
        comparison = queries.get_comparison_for(request.user, comparison_id, Right.VIEW)
        return page_of(self, request, queries.differences_of(comparison), differences_json, ordering=("place", "id"))

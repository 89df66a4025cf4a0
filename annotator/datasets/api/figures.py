"""What the data set looks like in numbers."""

from __future__ import annotations

import csv
import io
import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.datasets import queries, services
from annotator.datasets.api.serializers import FiguresSerializer
from annotator.datasets.published import PUBLISHED
from annotator.datasets.sheet import rows_of
from annotator.lib.files import AnyAccept, table
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class ProjectFigures(APIView):
    """Numbers of a project's data set."""

    throttle_scope = "heavy"

    @extend_schema(responses=FiguresSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return them as they were last taken."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        row = queries.figures_of(request.user, project)
        values = {"created": row.created if row else None, "report": row.report if row else {}, "published": PUBLISHED}
        return Response(FiguresSerializer(values).data)

    @extend_schema(request=None, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Take them anew, in the worker."""
        project = get_project_for(request.user, project_id, Right.ANNOTATE)
        return Response(run_json(services.start_measuring(project, current_user(request))), status=202)


class ProjectFiguresSheet(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, project_id: uuid.UUID) -> HttpResponse:
        """Return a row per class, label, pair and cell; the head alone where they were never taken."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        row = queries.figures_of(request.user, project)
        out = io.StringIO()
        csv.writer(out).writerows(rows_of(row.report if row else None))
        return table(out.getvalue(), "data-set.csv")

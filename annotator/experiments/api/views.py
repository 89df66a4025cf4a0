"""Experiments: list, start, look, download, delete."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.experiments import queries, services
from annotator.experiments.api.serializers import ExperimentSerializer, ExperimentWrite, experiments_json
from annotator.experiments.parameters import Wanted
from annotator.experiments.sheet import sheet_of
from annotator.lib.files import AnyAccept, table
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class ProjectExperiments(APIView):
    """What models scored at the SAM paper's tasks on the project's masks."""

    throttle_scope = "heavy"

    @extend_schema(operation_id="experiments_list", responses=paged(ExperimentSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List the finished ones, newest first; those in progress are runs of kind "experiment"."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = queries.experiments_of(project)
        return page_of(self, request, rows, experiments_json, ordering=("-created", "id"))

    @extend_schema(request=ExperimentWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Measure a model version at a task; the run's result names the experiment."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(ExperimentWrite, request)
        model, snapshot, boxes = (body.pop(name, None) for name in ("model", "snapshot", "boxes"))
        given: dict[str, Any] | None = {"images": [], "categories": [], **boxes} if boxes else None
        wanted = Wanted(**body, detector=given is not None)
        run = services.start(project, current_user(request), wanted, model=model, snapshot=snapshot, boxes=given)
        return Response(run_json(run), status=202)


class ExperimentDetail(APIView):
    """One experiment."""

    @extend_schema(responses=ExperimentSerializer)
    def get(self, request: Request, experiment_id: uuid.UUID) -> Response:
        """Return its numbers with their intervals."""
        return Response(experiments_json([queries.get_experiment_for(request.user, experiment_id, Right.VIEW)])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, experiment_id: uuid.UUID) -> Response:
        """Delete it."""
        services.delete(queries.get_experiment_for(request.user, experiment_id, Right.MANAGE))
        return Response(status=204)


class ExperimentCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, experiment_id: uuid.UUID) -> HttpResponse:
        """Download a row for each number, with its interval."""
        found = queries.get_experiment_for(request.user, experiment_id, Right.VIEW)
        return table(sheet_of(found), f"{found.task}.csv")

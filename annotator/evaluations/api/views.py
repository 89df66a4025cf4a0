"""Evaluations: list, start, look, delete."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.evaluations import queries, services
from annotator.evaluations.api.present import evaluations_json
from annotator.evaluations.api.serializers import EvaluateWrite, EvaluationSerializer
from annotator.evaluations.parameters import Wanted
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class ProjectEvaluations(APIView):
    """What models scored on the project's masks, newest first."""

    throttle_scope = "heavy"

    @extend_schema(operation_id="evaluations_list", responses=paged(EvaluationSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List the finished ones; those in progress are runs of kind "evaluate"."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = queries.evaluations_for(request.user, project)
        return page_of(self, request, rows, evaluations_json, ordering=("-created", "id"))

    @extend_schema(request=EvaluateWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Measure model versions on the project's accepted masks; the run's result names the evaluations."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(EvaluateWrite, request)
        models = body.pop("models", None)
        run = services.start(project, current_user(request), models, Wanted(**body))
        return Response(run_json(run), status=202)


class EvaluationDetail(APIView):
    """One evaluation."""

    @extend_schema(responses=EvaluationSerializer)
    def get(self, request: Request, evaluation_id: uuid.UUID) -> Response:
        """Return the scores and the drawn answers."""
        found = queries.get_evaluation_for(request.user, evaluation_id, Right.VIEW)
        return Response(evaluations_json([found])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, evaluation_id: uuid.UUID) -> Response:
        """Delete it."""
        services.delete(queries.get_evaluation_for(request.user, evaluation_id, Right.MANAGE))
        return Response(status=204)

"""Gold: which images it is, how much of it is hidden, and how people score."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.agreement.api.serializers import GoldMarkedSerializer, GoldMarkWrite, GoldRuleWrite, GoldSerializer
from annotator.agreement.gold import mark, set_rule
from annotator.agreement.scoring import gold_for
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for


class Gold(APIView):
    """Images whose objects are the truth, hidden among what people work on."""

    @extend_schema(responses=GoldSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return how much there is, and how people score by it."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        return Response(GoldSerializer(gold_for(current_user(request), project)).data)

    @extend_schema(request=GoldMarkWrite, responses=GoldMarkedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Say that images are gold, or are so no more; one that cannot be does not stop the others."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(GoldMarkWrite, request)
        changed, left = mark(project, current_user(request), body["images"], gold=body["gold"])
        return Response(GoldMarkedSerializer({"changed": changed, "left": left}).data)

    @extend_schema(request=GoldRuleWrite, responses=GoldSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Hide a gold image among every so many images of a job, also in the jobs that people have; 0: none."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        set_rule(project, current_user(request), parse(GoldRuleWrite, request)["every"])
        return Response(GoldSerializer(gold_for(current_user(request), project)).data)

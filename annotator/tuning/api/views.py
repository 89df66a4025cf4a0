"""Retraining: what there is to learn from, start, look, promote, go back; the rule."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.tuning import queries, report, rules, services
from annotator.tuning.api.present import material_json, retrainings_json, rule_json, swap_json
from annotator.tuning.api.serializers import (
    EffectSerializer,
    MaterialSerializer,
    PromoteWrite,
    RetrainingSerializer,
    RetrainRuleSerializer,
    RetrainRuleWrite,
    RetrainWrite,
    SwapSerializer,
)
from annotator.tuning.masks import material
from annotator.tuning.parameters import Wanted


class ProjectRetrainings(APIView):
    """What the project's model learned, newest first."""

    throttle_scope = "heavy"

    @extend_schema(operation_id="retrainings_list", responses=paged(RetrainingSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List the finished ones; one in progress is a run of kind "tune"."""
        rows = queries.retrainings_of(get_project_for(request.user, project_id, Right.VIEW))
        return page_of(self, request, rows, retrainings_json, ordering=("-created", "id"))

    @extend_schema(request=RetrainWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Retrain the project's model on its accepted masks; the run's result names the retraining."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        run = services.start(project, current_user(request), Wanted(**parse(RetrainWrite, request)))
        return Response(run_json(run), status=202)


class RetrainingDetail(APIView):
    """One retraining."""

    @extend_schema(responses=RetrainingSerializer)
    def get(self, request: Request, retraining_id: uuid.UUID) -> Response:
        """Return what was measured and what became of it."""
        return Response(retrainings_json([queries.get_retraining_for(request.user, retraining_id, Right.VIEW)])[0])


class Promote(APIView):
    """Putting a retrained version to use."""

    throttle_scope = "heavy"

    @extend_schema(request=PromoteWrite, responses=SwapSerializer)
    def post(self, request: Request, retraining_id: uuid.UUID) -> Response:
        """Let the project use it from now on; 409 `not_better` unless `knowing`, where the gate did not say better."""
        row = queries.get_retraining_for(request.user, retraining_id, Right.MANAGE)
        knowing = parse(PromoteWrite, request)["knowing"]
        return Response(swap_json(services.promote(row, current_user(request), knowing=knowing)))


class RollBack(APIView):
    """Going back."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses=SwapSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Let the project use again what the retrained version in use took the place of."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return Response(swap_json(services.roll_back(project, current_user(request))))


class ProjectMaterial(APIView):
    """What there is to learn from."""

    @extend_schema(responses=MaterialSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Count the accepted masks."""
        return Response(material_json(material(get_project_for(request.user, project_id, Right.VIEW))))


class ProjectEffect(APIView):
    """What retraining was worth to people."""

    @extend_schema(responses=EffectSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Clicks and seconds per mask before and after each promotion."""
        found = report.retrained(get_project_for(request.user, project_id, Right.VIEW))
        return Response(EffectSerializer(found).data)


class ProjectRule(APIView):
    """The rule that may start retrainings."""

    @extend_schema(responses=RetrainRuleSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return it; off until somebody chose otherwise."""
        return Response(rule_json(rules.rule_of(get_project_for(request.user, project_id, Right.VIEW))))

    @extend_schema(request=RetrainRuleWrite, responses=RetrainRuleSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change it."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return Response(rule_json(rules.set_rule(project, current_user(request), parse(RetrainRuleWrite, request))))

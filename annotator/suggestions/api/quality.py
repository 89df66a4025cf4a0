"""How good suggestions are and how the stages go: a random sample, its audit, the report."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right
from annotator.lib.files import AnyAccept, table
from annotator.lib.parsers import parse_query
from annotator.projects.queries import get_project_for
from annotator.suggestions.api.present import audit_json, suggestion_json
from annotator.suggestions.api.serializers import PreviewImageSerializer, SampleSerializer, SuggestionSerializer
from annotator.suggestions.decide.audit import audit_of
from annotator.suggestions.decide.queries import sample_of
from annotator.suggestions.decide.report import report_csv, stage_report

SMALLEST, LARGEST, USUAL = 1, 500, 50


class AuditQuery(serializers.Serializer[None]):
    """How many to draw, and from which drawing."""

    size = serializers.IntegerField(min_value=SMALLEST, max_value=LARGEST, default=USUAL)
    seed = serializers.CharField(max_length=64, default="1")


class AuditItemSerializer(SuggestionSerializer):
    """A drawn suggestion, its image, and the IoU with what people made of it (0 = rejected, null = not judged)."""

    iou = serializers.FloatField(allow_null=True)
    of_image = PreviewImageSerializer()


class AuditSerializer(serializers.Serializer[Any]):
    """A sample of the project's suggestions, and what it says of all of them."""

    results = AuditItemSerializer(many=True)
    population = serializers.IntegerField(help_text="Suggestions the sample was drawn from.")
    judged = serializers.IntegerField()
    above_90 = serializers.IntegerField(help_text="Judged ones whose IoU with the corrected object is above 0.9.")
    share = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True, help_text="95 % (Wilson)."
    )


class ProjectAudit(APIView):
    """How good the project's suggestions are, estimated from a random sample that people judged."""

    @extend_schema(parameters=[AuditQuery], responses=AuditSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Draw ?size= suggestions, judged or not; the same ?seed= draws the same ones."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        wanted = parse_query(AuditQuery, request)
        return Response(audit_json(audit_of(request.user, project, **wanted)))


class SampleQuery(serializers.Serializer[None]):
    """How many to draw, and from which drawing."""

    size = serializers.IntegerField(min_value=1, max_value=500, default=50)
    seed = serializers.CharField(max_length=64, default="1")


class SuggestionSample(APIView):
    """A random sample of what nobody has decided on."""

    @extend_schema(parameters=[SampleQuery], responses=SampleSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Draw ?size= suggestions; the same ?seed= draws the same ones."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        wanted = parse_query(SampleQuery, request)
        rows = sample_of(request.user, project, **wanted)
        return Response({"results": [suggestion_json(row, row.parent_id) for row in rows]})


class StageReport(APIView):
    """How the stages of the project go."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return masks, times, clicks and what became of suggestions, per stage and week."""
        return Response(stage_report(get_project_for(request.user, project_id, Right.VIEW)))


class StageReportCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, project_id: uuid.UUID) -> HttpResponse:
        """Download it."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return table(report_csv(stage_report(project)), "stages.csv")

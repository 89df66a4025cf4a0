"""Runs: look, cancel, start again, listen."""
from __future__ import annotations

import uuid

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Right
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.runs import enqueue
from annotator.runs.api.events import EventStreamRenderer, RunEvents
from annotator.runs.api.serializers import RunDetailSerializer, RunSerializer, run_json, runs_json
from annotator.runs.choices import State


class RunFilter(serializers.Serializer[None]):
    """What a list of runs may be narrowed by."""

    project = serializers.UUIDField(required=False)
    subject = serializers.UUIDField(required=False)
    kind = serializers.CharField(required=False, max_length=32)
    state = serializers.ChoiceField(choices=State.choices, required=False)


class Runs(APIView):
    """The runs of one's projects, newest first."""

    @extend_schema(operation_id="runs_list", parameters=[RunFilter], responses=paged(RunSerializer))
    def get(self, request: Request) -> Response:
        """List runs; ?project=, ?subject=, ?kind= and ?state= narrow the list."""
        wanted = RunFilter(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        rows = access.runs_of(request.user).filter(**wanted.validated_data)
        return page_of(self, request, rows, runs_json, ordering=("-created", "id"))


class RunDetail(APIView):
    """One run."""

    @extend_schema(responses=RunDetailSerializer)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """Return the run with its log."""
        return Response(RunDetailSerializer(access.get_run_for(request.user, run_id, Right.VIEW)).data)


class RunCancel(APIView):
    """Stop a run."""

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Cancel; a finished run stays as it is."""
        run = access.get_run_to_change(request.user, run_id)
        return Response(run_json(enqueue.cancel(run)))


class RunRetry(APIView):
    """Start a failed or cancelled run again."""

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Queue it again; 409 when it has not failed."""
        run = access.get_run_to_change(request.user, run_id)
        return Response(run_json(enqueue.retry(run)))


class ProjectRunEvents(APIView):
    """The project's runs as they change."""

    renderer_classes = [EventStreamRenderer, JSONRenderer]

    @extend_schema(
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
        parameters=[OpenApiParameter("project_id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, project_id: uuid.UUID) -> HttpResponseBase:
        """Stream events named `run`, each with a run as JSON."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        response = StreamingHttpResponse(RunEvents(project.pk), content_type="text/event-stream")
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response

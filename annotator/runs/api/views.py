"""Runs: look, cancel, start again. Listening to a project's is `projects.api.runs`."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse_query
from annotator.runs import enqueue
from annotator.runs.api.present import run_json, runs_json
from annotator.runs.api.serializers import RunDetailSerializer, RunSerializer
from annotator.runs.choices import State
from annotator.runs.queries import get_run_for, get_run_to_change, runs_of


class RunFilter(serializers.Serializer[None]):
    """What a list of runs may be narrowed by."""

    project = serializers.UUIDField(required=False)
    subject = serializers.UUIDField(required=False)
    kind = serializers.CharField(required=False, max_length=32)
    state = serializers.ChoiceField(choices=State.choices, required=False)


class Runs(APIView):
    """The runs of one's projects, newest first."""

    for_project_keys = ("GET",)

    @extend_schema(operation_id="runs_list", parameters=[RunFilter], responses=paged(RunSerializer))
    def get(self, request: Request) -> Response:
        """List runs; ?project=, ?subject=, ?kind= and ?state= narrow the list."""
        wanted = parse_query(RunFilter, request)
        rows = runs_of(request.user).filter(**wanted)
        return page_of(self, request, rows, runs_json, ordering=("-created", "id"))


class RunDetail(APIView):
    """One run."""

    @extend_schema(responses=RunDetailSerializer)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """Return the run with its log."""
        return Response(RunDetailSerializer(get_run_for(request.user, run_id, Right.VIEW)).data)


class RunCancel(APIView):
    """Stop a run."""

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Cancel; a finished run stays as it is."""
        run = get_run_to_change(request.user, run_id)
        return Response(run_json(enqueue.cancel(run)))


class RunRetry(APIView):
    """Start a failed or cancelled run again."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Queue it again; 409 when it has not failed."""
        run = get_run_to_change(request.user, run_id)
        return Response(run_json(enqueue.retry(run)))

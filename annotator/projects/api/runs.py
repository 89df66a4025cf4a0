"""Listening to the runs of a project."""

from __future__ import annotations

import uuid
from functools import partial

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from annotator.accounts.access import Right
from annotator.accounts.sign_ins import still_in
from annotator.lib.listener import Listener
from annotator.projects.queries import get_project_for, is_member
from annotator.runs.api.events import EventStreamRenderer, RunEvents
from annotator.runs.queries import runs_of


class ProjectRunEvents(APIView):
    """The project's runs as they change."""

    renderer_classes = [EventStreamRenderer, JSONRenderer]

    @extend_schema(
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
        parameters=[OpenApiParameter("project_id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, project_id: uuid.UUID) -> HttpResponseBase:
        """Stream events named `run`, each with a run as JSON."""
        project = get_project_for(request.user, project_id, Right.VIEW)

        def allowed() -> bool:
            return still_in(request) and is_member(request.user, project)

        listener = Listener(request.META.get("gunicorn.socket"))
        stream = RunEvents(project.pk, allowed, partial(runs_of, request.user), listener)
        response = StreamingHttpResponse(stream, content_type="text/event-stream")
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response

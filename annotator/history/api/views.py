"""The life of an image and putting it back; undoing one person's work; taking either back."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.history import moments, plans, queries, services
from annotator.history.api.present import acts_json, look_json, moments_json
from annotator.history.api.serializers import (
    ActSerializer,
    LookSerializer,
    MomentsFilter,
    MomentsSerializer,
    PutBackWrite,
    TimeFilter,
    WorkFilter,
    WorkLookSerializer,
    WorkWrite,
)
from annotator.history.choices import What
from annotator.history.models import Act
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse, parse_query
from annotator.projects.queries import get_image_for, get_project_for


class ImageHistory(APIView):
    """The life of an image."""

    @extend_schema(parameters=[MomentsFilter], responses=MomentsSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """List who worked on it when, the newest first; changes of one person without a long pause are one moment."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        found, more = moments.moments_of(image, parse_query(MomentsFilter, request).get("before"))
        return Response({"results": moments_json(found), "seq": image.annotation_seq, "more": more})


class ImageLook(APIView):
    """What putting an image back would change."""

    @extend_schema(parameters=[TimeFilter], responses=LookSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Compare what is there with what was at a count of changes (seq) or a moment (at). Changes nothing."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        asked = parse_query(TimeFilter, request)
        seq = asked["seq"] if "seq" in asked else moments.seq_at(image, asked["at"])
        return Response(look_json(moments.look_at(image, seq)))


class ImageRestore(APIView):
    """Putting an image back."""

    @extend_schema(request=PutBackWrite, responses={201: ActSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Put all its objects back to what they were; 409 when they changed since you looked."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        wanted = parse(PutBackWrite, request)
        return _answer(services.put_back(image, current_user(request), wanted["seq"], wanted["seen"]), 201)


class ProjectHistory(APIView):
    """What was put back in a project."""

    throttle_scope = "heavy"

    @extend_schema(operation_id="history_list", responses=paged(ActSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List it, the newest first."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return page_of(self, request, queries.acts_of(project), acts_json, ordering=("-created", "id"))

    @extend_schema(request=WorkWrite, responses={202: ActSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Undo one person's work of a time, in the background. What somebody has worked on since is kept, and named."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        wanted = plans.Wanted(**parse(WorkWrite, request))
        return _answer(services.undo_work(project, current_user(request), wanted), 202)


class WorkLook(APIView):
    """What undoing one person's work would change."""

    @extend_schema(parameters=[WorkFilter], responses=WorkLookSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Count it, a part at a time: ask again with `after` while there is `more`. Changes nothing."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        asked = parse_query(WorkFilter, request)
        after = asked.pop("after", None)
        outcome, more = plans.look(project, plans.Wanted(**asked), after)
        return Response(outcome.to_json() | {"more": more})


class ActUndo(APIView):
    """Taking back what was put back."""

    @extend_schema(request=None, responses={200: ActSerializer, 202: ActSerializer})
    def post(self, request: Request, act_id: uuid.UUID) -> Response:
        """Of an image at once (200), of a person's work in the background (202). What somebody has worked on since is
        kept."""
        act = queries.get_act_for(request.user, act_id)
        if act.what == What.IMAGE:
            return _answer(services.take_back(act, current_user(request)))
        return _answer(services.restore_work(act, current_user(request)), 202)


def _answer(act: Act, status: int = 200) -> Response:
    return Response(acts_json([queries.acts_of(act.project).get(pk=act.pk)])[0], status=status)

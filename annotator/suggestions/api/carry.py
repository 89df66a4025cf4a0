"""Carrying objects along the following images, and the tracks that they are on."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.annotations.api.fields import Key
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects.queries import get_image_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.suggestions.api.present import timeline_json
from annotator.suggestions.api.serializers import TimelineSerializer
from annotator.suggestions.carry import services
from annotator.suggestions.carry.timeline import around

MAX_IMAGES = 20_000


class PropagateWrite(StrictSerializer):
    """Which objects (all, when left out), along how many images (to the end, when left out), and which way."""

    objects = serializers.ListField(child=Key(), required=False, allow_null=True, max_length=services.MAX_OBJECTS)
    count = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_IMAGES)
    backwards = serializers.BooleanField(required=False, default=False)


class ImagePropagate(APIView):
    """Carrying an image's objects along the images after it."""

    throttle_scope = "quick"

    @extend_schema(request=PropagateWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Look for the objects in the next images, one after the other; what is found there is a suggestion."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        body = parse(PropagateWrite, request)
        run = services.start(
            image, current_user(request), body.get("objects"), body.get("count"),
            backwards=body.get("backwards", False),
        )  # fmt: skip
        return Response(run_json(run), status=202)


class ImageTracks(APIView):
    """The tracks around an image."""

    @extend_schema(responses=TimelineSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Tell of every track where it is drawn, suggested or lost, on up to 300 images to either side."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        return Response(timeline_json(around(request.user, image)))

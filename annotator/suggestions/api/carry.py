"""Carrying objects along the following images, and the tracks that they are on."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.annotations.api.fields import Key, Number, Whole
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects.queries import get_image_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.suggestions.api.present import timeline_json
from annotator.suggestions.api.serializers import TimelineSerializer
from annotator.suggestions.carry import asked, services
from annotator.suggestions.carry.timeline import around

MAX_IMAGES = 20_000


class PointWrite(StrictSerializer):
    """A place in image pixels, from the image's top left corner: of the object (label 1), or not of it (0)."""

    x = Number()
    y = Number()
    label = Whole(required=False, default=1, min_value=0, max_value=1)  # type: ignore[assignment]  # the API's name


class PointedWrite(StrictSerializer):
    """Where an object is on an image: at least one point of it, or a box [x, y, width, height] in image pixels, which
    is cut to the image; or both."""

    points = serializers.ListField(child=PointWrite(), required=False, max_length=asked.MOST_POINTS)
    box = serializers.ListField(child=Number(), required=False, allow_null=True, min_length=4, max_length=4)


class PointedThereWrite(PointedWrite):
    """Where an object is on another image of the project."""

    image = Key()


class PromptWrite(PointedWrite):
    """An object that nobody drew: where it is on this image, and on others before or behind it, which takes a model
    that remembers images. What is found proposes its label, and has its track: the project's next when left out, or
    that of who pointed at the same places before."""

    label = Key(required=False, allow_null=True)  # type: ignore[assignment]  # the API's name
    track = Whole(required=False, allow_null=True, min_value=1, max_value=asked.MOST_TRACK)
    also = serializers.ListField(child=PointedThereWrite(), required=False, max_length=asked.MOST_ALSO)


class PropagateWrite(StrictSerializer):
    """Which objects (all, when neither they nor prompts are given), along how many images (to the end, when left out),
    and which way. Prompts are objects that are only pointed at; they are suggested on this image, too."""

    objects = serializers.ListField(child=Key(), required=False, allow_null=True, max_length=services.MAX_OBJECTS)
    prompts = serializers.ListField(child=PromptWrite(), required=False, max_length=asked.MOST_OBJECTS)
    count = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_IMAGES)
    backwards = serializers.BooleanField(required=False, default=False)


class ImagePropagate(APIView):
    """Carrying an image's objects along the images after it."""

    throttle_scope = "quick"

    @extend_schema(request=PropagateWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Look for the objects in the next images, one after the other; what is found there is a suggestion. The run's
        params name the tracks of what was pointed at, in the order of the prompts."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        body = parse(PropagateWrite, request)
        run = services.start(
            image, current_user(request), body.get("objects"), body.get("count"),
            backwards=body.get("backwards", False), prompts=body.get("prompts", ()),
        )  # fmt: skip
        return Response(run_json(run), status=202)


class ImageTracks(APIView):
    """The tracks around an image."""

    @extend_schema(responses=TimelineSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Tell of every track where it is drawn, suggested or lost, on up to 300 images to either side."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        return Response(timeline_json(around(request.user, image)))

"""Asking a model in words."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.annotations.api.fields import Key
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects.queries import get_image_for, get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.suggestions.words import services

FARTHEST = 1e9
"""Pixels: what lies farther out is no coordinate."""


class PhraseWrite(StrictSerializer):
    """One kind of object: words, the label that what is found gets, or a label whose name are the words."""

    words = serializers.CharField(
        required=False, allow_blank=True, max_length=2000, help_text="A short noun phrase; up to 200 characters."
    )
    label = Key(required=False, allow_null=True)  # type: ignore[assignment]  # the API's name


class ExampleBox(serializers.ListField):
    """A box [x, y, width, height] in image pixels."""

    child = serializers.FloatField(min_value=-FARTHEST, max_value=FARTHEST)

    def __init__(self) -> None:
        super().__init__(min_length=4, max_length=4)


class PhraseOnImageWrite(PhraseWrite):
    """One kind of object on one image: also by examples of it, and of what is not meant: boxes, or ids of the image's
    objects, whose boxes are taken."""

    boxes = serializers.ListField(child=ExampleBox(), required=False)
    unlike = serializers.ListField(child=ExampleBox(), required=False)
    objects = serializers.ListField(child=Key(), required=False)
    unlike_objects = serializers.ListField(child=Key(), required=False)


class AskWrite(StrictSerializer):
    """What every request says: how sure the model must be, and which model."""

    threshold = serializers.FloatField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=1,
        help_text="Of the score; the model's own if left out.",
    )
    nms = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=1,
        help_text="Of masks that overlap with a greater IoU the best is left; none is left out without it.",
    )  # fmt: skip
    model = serializers.UUIDField(required=False, allow_null=True, help_text="The newest that is asked in words.")


class WordsWrite(AskWrite):
    """Phrases, and which images to ask (all, when left out)."""

    phrases = serializers.ListField(child=PhraseWrite())
    images = serializers.ListField(child=Key(), required=False, allow_null=True)


class ImageWordsWrite(AskWrite):
    """Phrases for one image."""

    phrases = serializers.ListField(child=PhraseOnImageWrite())


class ProjectWords(APIView):
    """Asking a project's images in words."""

    throttle_scope = "heavy"

    @extend_schema(request=WordsWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Find everything of these kinds on the images, in the background; what is found becomes suggestions."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return _started(services.start(project, current_user(request), parse(WordsWrite, request)))


class ImageWords(APIView):
    """Asking one image in words, or by example."""

    throttle_scope = "quick"

    @extend_schema(request=ImageWordsWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Find everything of these kinds on the image, now; what is found becomes suggestions."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        return _started(services.start_on_image(image, current_user(request), parse(ImageWordsWrite, request)))


def _started(run: Any) -> Response:
    return Response(run_json(run), status=202)

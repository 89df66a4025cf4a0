"""Adding a video: its frames become images."""
from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Right, current_user
from annotator.lib.errors import ApiError
from annotator.lib.parsers import StrictSerializer, UploadParser, parse
from annotator.projects.video import uploads
from annotator.projects.video.plan import MAX_RATE, Plan
from annotator.runs.api.serializers import RunSerializer, run_json

DAY = 24 * 60 * 60


class VideoUpload(StrictSerializer):
    """A video, and which of its frames are wanted: `rate` per second, or every `every`-th one; from `start` to before
    `end`, in seconds."""

    file = serializers.FileField(allow_empty_file=True, max_length=None)
    rate = serializers.FloatField(required=False, min_value=0.001, max_value=MAX_RATE)
    every = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    start = serializers.FloatField(required=False, min_value=0, max_value=DAY)
    end = serializers.FloatField(required=False, min_value=0, max_value=DAY)


class Videos(APIView):
    """Videos on their way to becoming images."""

    parser_classes = [UploadParser]

    @extend_schema(request={"multipart/form-data": VideoUpload}, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Import a video by frames, in the background; the video itself is not kept."""
        project = access.get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(VideoUpload, request)
        upload = body.pop("file")
        try:
            plan = Plan(**body)
        except ValueError as error:
            raise ApiError("invalid", str(error), fields={"rate": [str(error)]}) from None
        return Response(run_json(uploads.take(project, current_user(request), upload, plan)), status=202)

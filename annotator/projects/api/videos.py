"""Adding a video: its frames become images."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.errors import ApiError
from annotator.lib.parsers import StrictSerializer, UploadParser, parse
from annotator.projects.queries import get_project_for
from annotator.projects.video import uploads
from annotator.projects.video.plan import MAX_RATE, Plan
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer

DAY = 24 * 60 * 60


class VideoUpload(StrictSerializer):
    """A video, and which of its frames are wanted: `rate` per second, or every `every`-th one; from `start` to before
    `end`, in seconds; `folder` is where it lay in the folder that was added."""

    file = serializers.FileField(allow_empty_file=True, max_length=None)
    folder = serializers.CharField(required=False, allow_blank=True, max_length=4096)
    rate = serializers.FloatField(required=False, min_value=0.001, max_value=MAX_RATE)
    every = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    start = serializers.FloatField(required=False, min_value=0, max_value=DAY)
    end = serializers.FloatField(required=False, min_value=0, max_value=DAY)


class Videos(APIView):
    """Videos on their way to becoming images."""

    throttle_scope = "heavy"

    parser_classes = [UploadParser]
    largest_file = "MAX_VIDEO_BYTES"

    @extend_schema(request={"multipart/form-data": VideoUpload}, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Import a video by frames, in the background; the video itself is not kept."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(VideoUpload, request)
        upload, folder = body.pop("file"), body.pop("folder", "")
        try:
            plan = Plan(**body)
        except ValueError as error:
            raise ApiError("invalid", str(error), fields={"rate": [str(error)]}) from None
        return Response(run_json(uploads.take(project, current_user(request), upload, plan, folder)), status=202)

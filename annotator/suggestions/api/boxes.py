"""Masks for the boxes of a detector."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.annotations.api.fields import StoredMask
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.runs.queries import get_run_for
from annotator.suggestions.boxes import results, services

FORMS = ("suggestions", "file")


class BoxesWrite(StrictSerializer):
    """COCO results, and the images and categories of the file that the detector was run on."""

    results = serializers.ListField(
        child=serializers.JSONField(),
        allow_empty=False,
        help_text="Each: bbox [x, y, width, height] in pixels, score, image_id or file_name, category_id or category.",
    )
    images = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="COCO's: id and file_name. Needed for numbered images."
    )
    categories = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="COCO's: id and name. Needed for numbered categories."
    )

    def get_fields(self) -> dict[str, Any]:
        """Add "as", which Python keeps for itself."""
        form = serializers.ChoiceField(
            FORMS, default=FORMS[0], help_text="What becomes of the masks. A file is downloaded from runs/ID/boxes/."
        )
        return super().get_fields() | {"as": form}


class BoxMaskSerializer(serializers.Serializer[Any]):
    """One of COCO's results."""

    image_id = serializers.JSONField(help_text="As it was sent; else the image's name.")
    file_name = serializers.CharField()
    category_id = serializers.IntegerField(allow_null=True)
    category = serializers.CharField()
    bbox = serializers.ListField(child=serializers.FloatField(), help_text="The mask's [x, y, width, height], px.")
    segmentation = StoredMask()
    score = serializers.FloatField(help_text="The detector's.")
    predicted_iou = serializers.FloatField(help_text="The model's own judgement of the mask.")


class ProjectBoxes(APIView):
    """A detector's boxes on a project's images."""

    throttle_scope = "heavy"

    @extend_schema(request=BoxesWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Make a mask of each box in the background. Boxes that cannot be used are told in the run's result."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(BoxesWrite, request)
        given = {"images": [], "categories": []} | {key: value for key, value in body.items() if key != "as"}
        run = services.start(project, current_user(request), given, as_file=body["as"] == "file")
        return Response(run_json(run), status=202)


class BoxMasks(APIView):
    """The masks of a run that was asked for a file."""

    @extend_schema(responses={(200, "application/json"): BoxMaskSerializer(many=True)})
    def get(self, request: Request, run_id: uuid.UUID) -> StreamingHttpResponse:
        """Download them as COCO results: compressed RLE, the detector's score and the predicted IoU."""
        prompts = results.check(get_run_for(request.user, run_id, Right.MANAGE))
        answer = StreamingHttpResponse(results.lines(prompts), content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="masks.json"'
        return answer

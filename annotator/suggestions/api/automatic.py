"""What the page for automatic projects asks: a preview to try thresholds on, and the audit of a sample."""
from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Right, current_user
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image
from annotator.runs.api.serializers import RunSerializer, run_json
from annotator.suggestions import previews
from annotator.suggestions.api.present import suggestion_json
from annotator.suggestions.api.serializers import SuggestionSerializer
from annotator.suggestions.audit import Audit, Judged, audit_of
from annotator.suggestions.models import Preview

SMALLEST, LARGEST, USUAL = 1, 500, 50


class PreviewImageSerializer(serializers.Serializer[Any]):
    """The picture to show masks on."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    urls = serializers.DictField()


class PreviewSerializer(serializers.Serializer[Any]):
    """Everything one image gives, before thresholds; `image` is null while nothing was searched for a preview."""

    image = PreviewImageSerializer(allow_null=True)
    params = serializers.DictField(required=False)
    size = serializers.ListField(child=serializers.IntegerField(), required=False)
    candidates = serializers.ListField(child=serializers.DictField(), required=False)


class PreviewWrite(StrictSerializer):
    """Parameters that differ from the project's: the grid, which the sliders do not change."""

    params = serializers.DictField(required=False)


class ProjectPreview(APIView):
    """The image on which the project's thresholds are tried."""

    @extend_schema(responses=PreviewSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the candidates with their scores, and small masks."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        found = previews.preview_of(project)
        return Response({"image": None} if found is None else _preview_json(found))


class ImagePreview(APIView):
    """Choosing the image on which the project's thresholds are tried."""

    @extend_schema(request=PreviewWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Search it now with thresholds lower than any slider goes; nothing becomes a suggestion."""
        image = access.get_image_for(request.user, image_id, Right.MANAGE)
        run = previews.start(image, current_user(request), parse(PreviewWrite, request).get("params", {}))
        return Response(run_json(run), status=202)


class AuditQuery(serializers.Serializer[None]):
    """How many to draw, and from which drawing."""

    size = serializers.IntegerField(min_value=SMALLEST, max_value=LARGEST, default=USUAL)
    seed = serializers.CharField(max_length=64, default="1")


class AuditItemSerializer(SuggestionSerializer):
    """A drawn suggestion, its picture, and the IoU with what people made of it (0 = rejected, null = not judged)."""

    iou = serializers.FloatField(allow_null=True)
    picture = PreviewImageSerializer()


class AuditSerializer(serializers.Serializer[Any]):
    """A sample of the project's suggestions, and what it says of all of them."""

    results = AuditItemSerializer(many=True)
    population = serializers.IntegerField(help_text="Suggestions the sample was drawn from.")
    judged = serializers.IntegerField()
    above_90 = serializers.IntegerField(help_text="Judged ones whose IoU with the corrected object is above 0.9.")
    share = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="95 % (Wilson).")


class ProjectAudit(APIView):
    """How good the project's suggestions are, estimated from a random sample that people judged."""

    @extend_schema(parameters=[AuditQuery], responses=AuditSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Draw ?size= suggestions, judged or not; the same ?seed= draws the same ones."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        wanted = AuditQuery(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        return Response(_audit_json(audit_of(project, **wanted.validated_data)))


def _preview_json(found: Preview) -> dict[str, Any]:
    return {
        "image": _picture(found.image), "params": found.params, "size": found.size, "candidates": found.candidates,
    }  # fmt: skip


def _audit_json(audit: Audit) -> dict[str, Any]:
    return {
        "results": [_item_json(item) for item in audit.sample],
        "population": audit.population,
        "judged": len(audit.ious),
        "above_90": audit.good,
        "share": audit.share,
        "interval": audit.interval,
    }


def _item_json(item: Judged) -> dict[str, Any]:
    row = item.suggestion
    return suggestion_json(row, row.parent_id) | {"iou": item.iou, "picture": _picture(row.image)}


def _picture(image: Image) -> dict[str, Any]:
    urls = image_urls(image.pk, image.sha256)
    return {"id": str(image.pk), "name": image.name, "width": image.width, "height": image.height, "urls": urls}

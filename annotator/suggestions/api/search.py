"""Searching images for everything, and the preview to try limits on."""

from __future__ import annotations

import uuid

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.parsers import parse
from annotator.projects.queries import get_image_for, get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.suggestions.api.present import preview_json, settings_json
from annotator.suggestions.api.serializers import (
    AutomaskSettingsSerializer,
    ImageSearchWrite,
    PreviewSerializer,
    PreviewWrite,
    SearchWrite,
)
from annotator.suggestions.queries import settings_of
from annotator.suggestions.search import queries, services


class ProjectAutomask(APIView):
    """Searching a project's images for everything."""

    throttle_scope = "heavy"

    @extend_schema(responses=AutomaskSettingsSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the project's parameters and the presets."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return Response(settings_json(settings_of(project)))

    @extend_schema(request=OpenApiTypes.OBJECT, responses=AutomaskSettingsSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change the project's parameters: a preset starts anew, anything else changes single ones."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return Response(settings_json(services.change_settings(project, request.data)))

    @extend_schema(request=SearchWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Search these images, or all; in the background, behind everything else."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(SearchWrite, request)
        images = queries.unsearched(project) if body.get("new") else body.get("images")
        run = services.start(project, current_user(request), images, body.get("params", {}))
        return Response(run_json(run), status=202)


class ImageAutomask(APIView):
    """Searching one image for everything."""

    throttle_scope = "quick"

    @extend_schema(request=ImageSearchWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Search the image, or a region of it, now."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        body = parse(ImageSearchWrite, request)
        run = services.start_on_image(image, current_user(request), body.get("params", {}), body.get("region"))
        return Response(run_json(run), status=202)


class ProjectPreview(APIView):
    """The image on which the project's thresholds are tried."""

    @extend_schema(responses=PreviewSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the candidates with their scores, and small masks."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        found = queries.preview_for(request.user, project)
        return Response({"image": None} if found is None else preview_json(found))


class ImagePreview(APIView):
    """Choosing the image on which the project's thresholds are tried."""

    throttle_scope = "quick"

    @extend_schema(request=PreviewWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Search it now with thresholds lower than any slider goes; nothing becomes a suggestion."""
        image = get_image_for(request.user, image_id, Right.MANAGE)
        run = services.start_preview(image, current_user(request), parse(PreviewWrite, request).get("params", {}))
        return Response(run_json(run), status=202)

"""Models, and the embeddings of images."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Right, current_user
from annotator.inference import embeddings, regions, services
from annotator.inference.api.present import model_json
from annotator.inference.api.serializers import (
    ModelDetailSerializer,
    ModelSerializer,
    ModelSwitchSerializer,
    RegionWrite,
    UseModel,
)
from annotator.inference.choices import ModelState
from annotator.inference.queries import get_model_version_for, model_versions_of
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.embedding import LOOKED_AT, embed_key, request_embedding
from annotator.projects.models import Image
from annotator.projects.queries import get_image_for, get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.runs.choices import State
from annotator.runs.models import Run

MIN_REGION_SIDE = 8


class Models(APIView):
    """The model versions of this installation."""

    for_project_keys = ("GET",)

    @extend_schema(operation_id="models_list", responses=paged(ModelSerializer))
    def get(self, request: Request) -> Response:
        """List them."""
        rows = model_versions_of(request.user)
        return page_of(self, request, rows, lambda page: [dict(ModelSerializer(row).data) for row in page])


class ModelDetail(APIView):
    """One model version."""

    @extend_schema(responses=ModelDetailSerializer)
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Return it with its manifest and the addresses of its files."""
        return Response(model_json(get_model_version_for(request.user, version_id)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, version_id: uuid.UUID) -> Response:
        """Remove it; administrators only, 409 while it is in use."""
        version = get_model_version_for(request.user, version_id)
        access.require_admin(request.user)
        services.remove(version)
        return Response(status=204)


class ProjectModel(APIView):
    """The model a project uses."""

    @extend_schema(request=UseModel, responses=ModelSwitchSerializer)
    def put(self, request: Request, project_id: uuid.UUID) -> Response:
        """Let the project use another; the old one serves until every image is encoded with the new one."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        version = get_model_version_for(request.user, parse(UseModel, request)["model_version"])
        if version.state != ModelState.READY:
            raise Conflict("model_not_ready", f"{version} is not ready for use.")
        run = services.use_model(project, version, current_user(request))
        return Response({"model_version": project.model_version_id, "run": run_json(run) if run else None})


class ImageEmbed(APIView):
    """Ask for an embedding."""

    throttle_scope = "quick"

    @extend_schema(request=RegionWrite, responses={200: RunSerializer, 202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Encode the image, or a region [x, y, w, h] of it, before any bulk work; the run's result has the address.

        A region is for who may annotate; 429 `too_many_regions` while enough of them wait."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        region = _region(image, parse(RegionWrite, request).get("region"))
        if region is not None:
            access.require(request.user, image.project, Right.ANNOTATE)
        done = _done(image, region)
        if done is not None:
            return Response(run_json(done))
        if region is not None:
            regions.require_room(image, current_user(request), embed_key(image, region))
        run = request_embedding(image, user=current_user(request), region=region, priority=LOOKED_AT)
        if run is None:
            raise Conflict("no_model", "This project has no model yet. A manager chooses one in its settings.")
        return Response(run_json(run), status=202)


def _done(image: Image, region: list[int] | None) -> Run | None:
    version = image.project.model_version
    stored = embeddings.find(image, version, region) if version is not None else None
    if stored is None:
        return None
    if region is not None:
        regions.note_asked(stored)
    return Run.objects.filter(subject=image.pk, key=embed_key(image, region), state=State.SUCCEEDED).first()


def _region(image: Image, region: list[int] | None) -> list[int] | None:
    if region is None:
        return None
    x, y, width, height = region
    if x + width > image.width or y + height > image.height or min(width, height) < MIN_REGION_SIDE:
        raise ApiError(
            "bad_region",
            f"The region must lie in the image ({image.width} × {image.height}) and measure at least "
            f"{MIN_REGION_SIDE} × {MIN_REGION_SIDE} pixels; {width} × {height} at ({x}, {y}) came.",
            fields={"region": ["Outside the image, or too small."]},
        )
    return region

"""The images of a project: list, add, look, set aside, delete."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import UploadParser, parse, parse_query
from annotator.projects import bins, queries, services
from annotator.projects.api.present import binned_json, images_json
from annotator.projects.api.serializers import (
    BinnedImageSerializer,
    ImageSerializer,
    ImageUpload,
    ImageWrite,
)
from annotator.projects.api.wishes import ImageFilter
from annotator.projects.filters import narrowed, order_of
from annotator.projects.ingest import ingest
from annotator.projects.models import Image
from annotator.projects.queries import get_binned_image_for, get_image_for, get_project_for


def _answer(image: Image, status: int = 200) -> Response:
    rows = Image.workable.select_related("project__model_version").filter(pk=image.pk)
    return Response(images_json(list(rows))[0], status=status)


class Images(APIView):
    """A project's images, by folder and name."""

    parser_classes = [UploadParser]
    largest_file = "MAX_UPLOAD_BYTES"

    @extend_schema(parameters=[ImageFilter], responses=paged(ImageSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List images, narrowed by any mix of what may be asked for, and sorted."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        wanted = parse_query(ImageFilter, request)
        rows = queries.images_for(request.user, project).select_related("project__model_version")
        return page_of(self, request, narrowed(rows, wanted), images_json, ordering=order_of(wanted))

    @extend_schema(request={"multipart/form-data": ImageUpload}, responses={201: ImageSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add one image; 400 `image_…` or 409 `duplicate_image` with a sentence that names the file."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        sent = parse(ImageUpload, request)
        return _answer(ingest(project, current_user(request), sent["file"], sent.get("folder", "")), status=201)


class ImageDetail(APIView):
    """One image."""

    @extend_schema(responses=ImageSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Return it with the state of its embedding."""
        return _answer(get_image_for(request.user, image_id, Right.VIEW))

    @extend_schema(request=ImageWrite, responses=ImageSerializer)
    def patch(self, request: Request, image_id: uuid.UUID) -> Response:
        """Say how far the work on it is."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        services.set_state(image, parse(ImageWrite, request)["state"], current_user(request))
        return _answer(image)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: uuid.UUID) -> Response:
        """Put it into the bin with its annotations; it can be restored for 30 days."""
        bins.put(get_image_for(request.user, image_id, Right.MANAGE), current_user(request))
        return Response(status=204)


class ImageRestore(APIView):
    """Taking an image out of the bins."""

    @extend_schema(request=None, responses=ImageSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Bring it back as it was; 409 when the project has the same image again."""
        image = get_binned_image_for(request.user, image_id, Right.MANAGE)
        bins.restore(image, current_user(request))
        return _answer(image)


class Bin(APIView):
    """The deleted images of a project."""

    @extend_schema(responses=paged(BinnedImageSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them, those deleted last first; each is kept for 30 days."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return page_of(self, request, bins.of(project), binned_json, ordering=("-deleted_at", "id"))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: uuid.UUID) -> Response:
        """Empty the bin: its images and their annotations are gone for good."""
        bins.empty(get_project_for(request.user, project_id, Right.OWN), current_user(request))
        return Response(status=204)

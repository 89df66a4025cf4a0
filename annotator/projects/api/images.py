"""The images of a project: list, add, look, set aside, delete."""
from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import listed, paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import UploadParser, parse
from annotator.projects import bins, queries, services
from annotator.projects.api.present import binned_json, images_json, index_json
from annotator.projects.api.serializers import (
    BinnedImageSerializer,
    ImageFilter,
    ImageIndexSerializer,
    ImageSerializer,
    ImageUpload,
    ImageWrite,
)
from annotator.projects.ingest import ingest
from annotator.projects.models import Image


def _answer(image: Image, status: int = 200) -> Response:
    rows = queries.with_annotation_count(Image.objects.select_related("project__model_version").filter(pk=image.pk))
    return Response(images_json(list(rows))[0], status=status)


class Images(APIView):
    """A project's images, in the order they were added."""

    parser_classes = [UploadParser]

    @extend_schema(parameters=[ImageFilter], responses=paged(ImageSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List images; ?state= and ?search= (part of the name) narrow the list."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        wanted = ImageFilter(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        rows = queries.with_annotation_count(project.images.select_related("project__model_version"))
        found = queries.search(
            rows, state=wanted.validated_data.get("state", ""), text=wanted.validated_data.get("search", "")
        )
        return page_of(self, request, found, images_json)

    @extend_schema(request={"multipart/form-data": ImageUpload}, responses={201: ImageSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add one picture; 400 `image_…` or 409 `duplicate_image` with a sentence that names the file."""
        project = access.get_project_for(request.user, project_id, Right.MANAGE)
        sent = parse(ImageUpload, request)
        return _answer(ingest(project, current_user(request), sent["file"], sent.get("added")), status=201)


class ImageIndex(APIView):
    """All images of a project, compact."""

    @extend_schema(responses=listed(ImageIndexSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return every image with what a strip of thumbnails needs, in order."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        rows = queries.with_annotation_count(project.images.order_by("created", "id"))
        return Response({"results": index_json(rows)})


class ImageDetail(APIView):
    """One image."""

    @extend_schema(responses=ImageSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Return it with the state of its embedding."""
        return _answer(access.get_image_for(request.user, image_id, Right.VIEW))

    @extend_schema(request=ImageWrite, responses=ImageSerializer)
    def patch(self, request: Request, image_id: uuid.UUID) -> Response:
        """Say how far the work on it is."""
        image = access.get_image_for(request.user, image_id, Right.ANNOTATE)
        services.change(image, parse(ImageWrite, request))
        return _answer(image)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: uuid.UUID) -> Response:
        """Put it into the bin with its annotations; it can be restored for 30 days."""
        bins.put(access.get_image_for(request.user, image_id, Right.MANAGE))
        return Response(status=204)


class ImageRestore(APIView):
    """Taking an image out of the bins."""

    @extend_schema(request=None, responses=ImageSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Bring it back as it was; 409 when the project has the same picture again."""
        image = access.get_binned_image_for(request.user, image_id, Right.MANAGE)
        bins.restore(image)
        return _answer(image)


class Bin(APIView):
    """The deleted images of a project."""

    @extend_schema(responses=BinnedImageSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them, those deleted last first; each is kept for 30 days."""
        project = access.get_project_for(request.user, project_id, Right.MANAGE)
        return page_of(self, request, bins.of(project), binned_json, ordering=("-deleted_at", "id"))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: uuid.UUID) -> Response:
        """Empty the bin: its images and their annotations are gone for good."""
        bins.empty(access.get_project_for(request.user, project_id, Right.OWN))
        return Response(status=204)

"""The images of a project by place: what a strip of thumbnails, and walking from one to the next, need to know."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right
from annotator.lib.parsers import parse_query
from annotator.projects import queries
from annotator.projects.api.present import index_json
from annotator.projects.api.serializers import ImageIndexFilter, ImageIndexPageSerializer, NextImageSerializer
from annotator.projects.models import Image, Project
from annotator.projects.queries import get_image_for, get_project_for


@method_decorator(gzip_page, name="dispatch")
class ImageIndex(APIView):
    """A window of the project's images, compact; packed by gzip."""

    @extend_schema(parameters=[ImageIndexFilter], responses=ImageIndexPageSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return `limit` images in order from `start` on, or those around an image; `start` is the first one's place,
        counted from 0, `count` how many there are in the project."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return window_of(request, project, queries.images_for(request.user, project))


def window_of(request: Request, project: Project, images: QuerySet[Image]) -> Response:
    """Answer with the window that `ImageIndexFilter` asks for of some of a project's images."""
    asked = parse_query(ImageIndexFilter, request)
    middle = queries.middle_for(request.user, project, asked.get("around"))
    count, start, rows = queries.window(images, asked["limit"], middle=middle, start=asked["start"])
    return Response({"count": count, "start": start, "results": index_json(rows)})


class NextUnfinished(APIView):
    """Where work goes on."""

    @extend_schema(responses=NextImageSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Return the next image that is not done, starting over at the end; null when all others are done."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        images = queries.images_for(request.user, image.project)
        return Response({"image": queries.next_unfinished(images, image, request.user)})

"""What is done to many images at once, tags, and filters under a name."""

from __future__ import annotations

import uuid

from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import paged
from annotator.lib.parsers import parse, parse_query
from annotator.projects import many, tags
from annotator.projects.api.tag_serializers import (
    ChangedSerializer,
    ImageIdsSerializer,
    ImagesMark,
    ImagesNamed,
    ImagesTag,
    MarkedSerializer,
    SavedFilterSerializer,
    SavedFilterWrite,
    TaggedSerializer,
    TagSerializer,
    TagWrite,
)
from annotator.projects.api.wishes import ImageFilter
from annotator.projects.filters import narrowed, order_of
from annotator.projects.models import SavedFilter
from annotator.projects.queries import get_filter_for, get_project_for, get_tag_for, images_for

MOST_IDS = 100_000


@method_decorator(gzip_page, name="dispatch")
class ImageIds(APIView):
    """Which images match, without anything about them; packed by gzip."""

    @extend_schema(parameters=[ImageFilter], responses=ImageIdsSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the ids of all that match."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        wish = parse_query(ImageFilter, request)
        return Response(many.ids_of(narrowed(images_for(request.user, project), wish), MOST_IDS, order_of(wish)))


class ImagesMarkView(APIView):
    """Saying of many images how far they are."""

    @extend_schema(request=ImagesMark, responses=MarkedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Mark them; those that are not there are left out."""
        project = get_project_for(request.user, project_id, Right.ANNOTATE)
        body = parse(ImagesMark, request)
        images = images_for(request.user, project)
        before = many.mark(images, body["images"], body["state"], current_user(request))
        rows = list(images.filter(pk__in=list(before)).order_by("pk"))
        for row in rows:
            row.__dict__["before"] = before[row.pk]
        return Response(MarkedSerializer({"changed": rows}).data)


class ImagesTagView(APIView):
    """Tagging many images."""

    @extend_schema(request=ImagesTag, responses=TaggedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Put tags on them, which may be new words, and take others off; those that are not there are left out."""
        project = get_project_for(request.user, project_id, Right.ANNOTATE)
        body = parse(ImagesTag, request)
        images = images_for(request.user, project)
        return Response(many.tag(project, images, body["images"], body.get("add", []), body.get("remove", [])))


class ImagesDelete(APIView):
    """Deleting many images."""

    @extend_schema(request=ImagesNamed, responses=ChangedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Put them into the bin, where they stay for 30 days."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        images = parse(ImagesNamed, request)["images"]
        gone = many.delete(project, images_for(request.user, project), images, current_user(request))
        return Response({"changed": gone})


class ImagesRestore(APIView):
    """Taking many images out of the bin."""

    @extend_schema(request=ImagesNamed, responses=ChangedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Bring them back; what the project has again stays in the bin."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        back = many.restore(project, parse(ImagesNamed, request)["images"], current_user(request))
        return Response({"changed": back})


class Tags(APIView):
    """What a project's images are tagged with, by name."""

    @extend_schema(responses=paged(TagSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them all, with how many images have each."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = tags.with_counts(project, images_for(request.user, project))
        return Response({"results": [TagSerializer(row).data for row in rows], "next": None, "previous": None})


class TagDetail(APIView):
    """One tag."""

    @extend_schema(request=TagWrite, responses={204: None})
    def patch(self, request: Request, tag_id: uuid.UUID) -> Response:
        """Call it by another name; 409 when that is taken."""
        tags.rename(get_tag_for(request.user, tag_id, Right.MANAGE), parse(TagWrite, request)["name"])
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, tag_id: uuid.UUID) -> Response:
        """Delete it; its images stay."""
        get_tag_for(request.user, tag_id, Right.MANAGE).delete()
        return Response(status=204)


class SavedFilters(APIView):
    """The filters that a project keeps under a name."""

    @extend_schema(responses=paged(SavedFilterSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them all, by name."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = [SavedFilterSerializer(row).data for row in project.saved_filters.all()]
        return Response({"results": rows, "next": None, "previous": None})

    @extend_schema(request=SavedFilterWrite, responses={201: SavedFilterSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Keep one, for everybody in the project; 409 when the name is taken."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(SavedFilterWrite, request)
        query = dict(SavedFilterSerializer(SavedFilter(query=body["query"])).data["query"])
        kept = tags.save_filter(project, body["name"], query, current_user(request))
        return Response(SavedFilterSerializer(kept).data, status=201)


class SavedFilterDetail(APIView):
    """One filter under a name."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, filter_id: uuid.UUID) -> Response:
        """Forget it."""
        get_filter_for(request.user, filter_id, Right.MANAGE).delete()
        return Response(status=204)

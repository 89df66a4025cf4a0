"""Agreement of a project, and merging the copies of its images."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.agreement.api.serializers import (
    AgreementSerializer,
    CopiesMergeWrite,
    MergedCopiesSerializer,
    MergedManySerializer,
    MergeManyWrite,
    OverlapFilter,
    OverlapImageSerializer,
)
from annotator.agreement.merging import merge, merge_many, unmerge
from annotator.agreement.numbers import agreement_for, sees_people
from annotator.agreement.queries import images_in, rows_of
from annotator.agreement.sheet import sheet_for
from annotator.lib.files import AnyAccept, table
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse, parse_query
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import get_image_for, get_project_for


class Agreement(APIView):
    """How far people agree."""

    @extend_schema(responses=AgreementSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the numbers: as a whole, by label, by pair of people and week by week."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        return Response(AgreementSerializer(agreement_for(current_user(request), project)).data)


class AgreementCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, project_id: uuid.UUID) -> HttpResponse:
        """Download a row for the whole, each label, pair of people, week, and each person's score by gold."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        return table(sheet_for(current_user(request), project), "agreement.csv")


class OverlapImages(APIView):
    """The images that several people were given."""

    @extend_schema(parameters=[OverlapFilter], responses=paged(OverlapImageSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List those that wait for merging, were merged, or that nobody is done with."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        images = images_in(project, parse_query(OverlapFilter, request)["state"])
        people = sees_people(request.user, project)
        return page_of(
            self, request, images,
            lambda rows: [dict(OverlapImageSerializer(row).data) for row in rows_of(rows, people=people)],
            ordering=IN_ORDER,
        )  # fmt: skip


class MergeMany(APIView):
    """Merging many images alike."""

    throttle_scope = "heavy"

    @extend_schema(request=MergeManyWrite, responses=MergedManySerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Merge the copies of each of these images; one that cannot be merged does not stop the others."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(MergeManyWrite, request)
        done, left = merge_many(project, current_user(request), body["images"], body["how"], body.get("person"))
        return Response(MergedManySerializer({"merged": done, "left": left}).data)


class Merge(APIView):
    """Merging the copies of one image."""

    @extend_schema(request=CopiesMergeWrite, responses={201: MergedCopiesSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Make the image's objects of those on its finished copies; 409 when they are merged already."""
        image = get_image_for(request.user, image_id, Right.MANAGE)
        row = merge(image, current_user(request), **parse(CopiesMergeWrite, request))
        return Response(MergedCopiesSerializer(row).data, status=201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: uuid.UUID) -> Response:
        """Take the merge back; 409 when objects of the image were changed since."""
        unmerge(get_image_for(request.user, image_id, Right.MANAGE), current_user(request))
        return Response(status=204)

"""Ratings of a project: start, rate, read, delete."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.files import AnyAccept, table
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for
from annotator.ratings import services
from annotator.ratings.api.serializers import (
    NextPairSerializer,
    PairScoreWrite,
    RatingDetailSerializer,
    RatingSerializer,
    RatingWrite,
)
from annotator.ratings.models import Rating
from annotator.ratings.numbers import numbers_of
from annotator.ratings.queries import get_pair_for, get_rating_for, next_pair
from annotator.ratings.sheet import sheet_of
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class Ratings(APIView):
    """Comparisons of two models by people."""

    throttle_scope = "heavy"

    @extend_schema(responses=paged(RatingSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them, the newest first."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        rows = project.ratings.select_related("created_by")
        return page_of(
            self, request, rows, lambda found: [dict(RatingSerializer(row).data) for row in found],
            ordering=("-created", "id"),
        )  # fmt: skip

    @extend_schema(request=RatingWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Ask two models with the same clicks; the run's result names the comparison."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        run = services.start(project, current_user(request), **parse(RatingWrite, request))
        return Response(run_json(run), status=202)


class RatingDetail(APIView):
    """One comparison."""

    @extend_schema(responses=RatingDetailSerializer)
    def get(self, request: Request, rating_id: uuid.UUID) -> Response:
        """Return it with its numbers."""
        return Response(_detail(get_rating_for(request.user, rating_id, Right.REVIEW)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, rating_id: uuid.UUID) -> Response:
        """Delete it with all that people gave."""
        services.delete(get_rating_for(request.user, rating_id, Right.MANAGE))
        return Response(status=204)


class RatingCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, rating_id: uuid.UUID) -> HttpResponse:
        """Download a row for each rating; raters are numbered."""
        return table(sheet_of(get_rating_for(request.user, rating_id, Right.REVIEW)), "ratings.csv")


class NextPair(APIView):
    """What a person rates next."""

    @extend_schema(responses=NextPairSerializer)
    def get(self, request: Request, rating_id: uuid.UUID) -> Response:
        """Return the next pair of answers that they have not rated."""
        rating = get_rating_for(request.user, rating_id, Right.ANNOTATE)
        return Response(NextPairSerializer(next_pair(request.user, rating)).data)


class RatePair(APIView):
    """Rating a pair."""

    throttle_scope = "quick"

    @extend_schema(request=PairScoreWrite, responses=NextPairSerializer)
    def post(self, request: Request, pair_id: uuid.UUID) -> Response:
        """Give both answers 1 to 10 points; a second time replaces the first. Answers with the next pair."""
        pair = get_pair_for(request.user, pair_id, Right.ANNOTATE)
        services.rate(pair, current_user(request), **parse(PairScoreWrite, request))
        return Response(NextPairSerializer(next_pair(request.user, pair.rating)).data)


def _detail(rating: Rating) -> dict[str, Any]:
    return dict(RatingSerializer(rating).data) | {"numbers": numbers_of(rating)}

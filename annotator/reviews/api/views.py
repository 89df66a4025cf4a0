"""The project's rule and queue, and what is decided on an image."""

from __future__ import annotations

import uuid
from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse, parse_query
from annotator.projects.models import Image
from annotator.projects.queries import get_image_for, get_project_for
from annotator.reviews import claims, queries, services
from annotator.reviews.api.present import queue_json, review_json
from annotator.reviews.api.serializers import (
    NextReviewSerializer,
    NextReviewWrite,
    QueueFilter,
    QueueRowSerializer,
    ReturnedSerializer,
    ReturnWrite,
    ReviewSerializer,
    RuleSerializer,
    RuleWrite,
    SeenWrite,
)
from annotator.reviews.choices import Order


class ReviewRule(APIView):
    """Which finished images of a project are reviewed."""

    @extend_schema(responses=RuleSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the rule."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return Response(RuleSerializer(queries.rule_of(project)).data)

    @extend_schema(request=RuleWrite, responses=RuleSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change it, for images that are marked done from now on."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        rule = services.set_rule(project, parse(RuleWrite, request, partial=True), current_user(request))
        return Response(RuleSerializer(rule).data)


class ReviewQueue(APIView):
    """What waits for a review in a project."""

    @extend_schema(operation_id="reviews_list", parameters=[QueueFilter], responses=paged(QueueRowSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List it, the oldest first; ?order=risk: first what looks most as if it were worth a look."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        wanted = parse_query(QueueFilter, request)
        order = queries.ORDERS[Order(wanted.get("order", Order.OLDEST))]
        as_json = partial(queue_json, project, current_user(request))
        return page_of(self, request, queries.waiting_in(project), as_json, ordering=order)


class NextReview(APIView):
    """Handing out work."""

    @extend_schema(request=NextReviewWrite, responses=NextReviewSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Take the next image that one may review; no two people get the same. One that one holds comes again."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        order = Order(parse(NextReviewWrite, request).get("order", Order.OLDEST))
        row = claims.claim_next(project, current_user(request), order)
        return Response({"image": str(row.pk) if row else None})


class ReturnedImages(APIView):
    """What came back."""

    @extend_schema(responses=ReturnedSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List the images that were returned to oneself, and those whose person is no member any more."""
        project = get_project_for(request.user, project_id, Right.ANNOTATE)
        rows = queries.returned_to(current_user(request), project).values_list("pk", flat=True)
        return Response({"images": [str(pk) for pk in rows]})


class ImageReview(APIView):
    """How an image's review stands."""

    @extend_schema(responses=ReviewSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Return it, with what may be done."""
        return _answer(request, get_image_for(request.user, image_id, Right.VIEW))


class ReviewClaim(APIView):
    """Having an image in one's hands."""

    @extend_schema(request=None, responses=ReviewSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Take it for 15 minutes, or go on holding it; 409 when somebody else has it."""
        image = get_image_for(request.user, image_id, Right.REVIEW)
        claims.claim(image, current_user(request))
        return _answer(request, image)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: uuid.UUID) -> Response:
        """Give it back."""
        claims.release(get_image_for(request.user, image_id, Right.REVIEW), current_user(request))
        return Response(status=204)


class ReviewAccept(APIView):
    """Accepting."""

    @extend_schema(request=SeenWrite, responses=ReviewSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Accept the image as one saw it; 409 when it changed since, or is not one's to decide on."""
        image = get_image_for(request.user, image_id, Right.REVIEW)
        services.accept(image, current_user(request), parse(SeenWrite, request)["seq"])
        return _answer(request, image)


class ReviewReturn(APIView):
    """Returning."""

    @extend_schema(request=ReturnWrite, responses=ReviewSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Send the image back to who submitted it, with words or with comments on it."""
        image = get_image_for(request.user, image_id, Right.REVIEW)
        sent = parse(ReturnWrite, request)
        services.send_back(image, current_user(request), sent["seq"], sent.get("text", ""))
        return _answer(request, image)


class ReviewReopen(APIView):
    """Taking a decision back."""

    @extend_schema(request=None, responses=ReviewSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Have the image wait for a review again."""
        image = get_image_for(request.user, image_id, Right.REVIEW)
        services.reopen(image, current_user(request))
        return _answer(request, image)


def _answer(request: Request, image: Image) -> Response:
    image.refresh_from_db(fields=["review", "annotation_seq"])
    return Response(ReviewSerializer(review_json(image, current_user(request))).data)

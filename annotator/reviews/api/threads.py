"""What changed on an image, and what people say about it."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import listed
from annotator.lib.parsers import parse, parse_query
from annotator.projects.models import Image
from annotator.projects.queries import get_image_for
from annotator.reviews import discussion
from annotator.reviews.api.present import difference_json, threads_json
from annotator.reviews.api.serializers import SinceFilter
from annotator.reviews.api.shapes import (
    CommentWrite,
    DifferencesSerializer,
    SettleWrite,
    ThreadSerializer,
    ThreadWrite,
)
from annotator.reviews.choices import Since
from annotator.reviews.difference import differences
from annotator.reviews.models import Review, Thread
from annotator.reviews.queries import get_comment_for, get_thread_for


class ReviewDifference(APIView):
    """What changed on an image."""

    @extend_schema(parameters=[SinceFilter], responses=DifferencesSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """Compare the image with what it was when it was submitted, or when it was last decided on."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        wanted = parse_query(SinceFilter, request)
        row = Review.objects.filter(image=image).first() or Review(image=image)
        decided = row.decided_seq is not None
        since = Since(wanted.get("since", Since.DECISION if decided else Since.SUBMISSION))
        start = row.submitted_seq if since == Since.SUBMISSION else row.decided_seq or 0
        results = [difference_json(one) for one in differences(image, start)]
        return Response({"since": since.value, "seq": image.annotation_seq, "results": results})


class ImageThreads(APIView):
    """What people say about an image."""

    @extend_schema(responses=listed(ThreadSerializer))
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """List the threads with their comments, oldest first."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        rows = _related(Thread.objects.filter(image=image))
        return Response({"results": threads_json(image.project, list(rows))})

    @extend_schema(request=ThreadWrite, responses={201: ThreadSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Begin one about the image, a place (x, y in image pixels) or an object."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        sent = parse(ThreadWrite, request)
        at = (sent["x"], sent["y"]) if "x" in sent else None
        about = sent.get("annotation")
        thread = discussion.open_thread(image, current_user(request), sent["text"], at=at, annotation=about)
        return _answer(thread, image, 201)


class ThreadDetail(APIView):
    """One thread."""

    @extend_schema(request=SettleWrite, responses=ThreadSerializer)
    def patch(self, request: Request, thread_id: uuid.UUID) -> Response:
        """Mark it as settled, or as open again."""
        thread = get_thread_for(request.user, thread_id, Right.ANNOTATE)
        discussion.settle(thread, current_user(request), settled=parse(SettleWrite, request)["resolved"])
        return _answer(thread, thread.image)


class ThreadComments(APIView):
    """Answers in a thread."""

    @extend_schema(request=CommentWrite, responses={201: ThreadSerializer})
    def post(self, request: Request, thread_id: uuid.UUID) -> Response:
        """Answer; a settled thread is open again."""
        thread = get_thread_for(request.user, thread_id, Right.ANNOTATE)
        discussion.answer(thread, current_user(request), parse(CommentWrite, request)["text"])
        return _answer(thread, thread.image, 201)


class CommentDetail(APIView):
    """One comment."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, comment_id: uuid.UUID) -> Response:
        """Delete one's own; managers may delete anybody's. A thread goes with its last comment."""
        discussion.take_back(get_comment_for(request.user, comment_id, Right.ANNOTATE), current_user(request))
        return Response(status=204)


def _related(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    return rows.select_related("annotation", "resolved_by").prefetch_related("comments__author")


def _answer(thread: Thread, image: Image, status: int = 200) -> Response:
    rows = list(_related(Thread.objects.filter(pk=thread.pk)))
    return Response(threads_json(image.project, rows)[0], status=status)

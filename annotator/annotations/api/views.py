"""Objects of an image: list, follow, create, change, delete, restore, look back."""

from __future__ import annotations

import uuid

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.annotations import queries, services
from annotator.annotations.api.bulk import read_operations, result_json
from annotator.annotations.api.serializers import (
    AnnotationCreate,
    AnnotationSerializer,
    AnnotationsSerializer,
    AnnotationUpdate,
    BulkResultsSerializer,
    BulkWrite,
    PresenceSerializer,
    PresenceWrite,
    RevisionSeen,
    RevisionsSerializer,
)
from annotator.annotations.present import annotation_json, annotations_json, revisions_json
from annotator.lib.errors import ApiError
from annotator.lib.parsers import parse
from annotator.projects.queries import get_image_for

_SINCE = OpenApiParameter("since", OpenApiTypes.INT, description="Only what changed after this count of changes.")
_REVISION = OpenApiParameter("revision", OpenApiTypes.INT, required=True, description="The revision you saw.")
_KEY = OpenApiParameter("Idempotency-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER)


_MADE = {200: AnnotationSerializer, 201: AnnotationSerializer}


class ImageAnnotations(APIView):
    """The objects of an image."""

    @extend_schema(parameters=[_SINCE], responses=AnnotationsSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """List every object, lowest first; with ?since=N what changed after N, deleted ones included."""
        # The counter is read with the image, before the rows: whoever follows it sees a row twice rather than never.
        image = get_image_for(request.user, image_id, Right.VIEW)
        if "since" not in request.query_params:
            rows = queries.live(image)
        else:
            rows = queries.changed_since(image, _whole(request, "since"))
        model = image.project.model_version_id
        found = {"results": annotations_json(rows), "seq": image.annotation_seq}
        return Response(found | {"model": model, "picture": image.sha256})

    @extend_schema(parameters=[_KEY], request=AnnotationCreate, responses=_MADE)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Create an object. Sent again with the same id or Idempotency-Key, the answer is the one object there is."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        data = parse(AnnotationCreate, request)
        pk = data.pop("id", None)
        outcome = services.create(image, current_user(request), pk, data, _idempotency_key(request))
        return Response(annotation_json(outcome.row), status=outcome.status)


class BulkAnnotations(APIView):
    """Many changes to the objects of one image."""

    @extend_schema(request=BulkWrite, responses=BulkResultsSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Do up to 500 operations in order. Each succeeds or fails as a whole, by itself, and only once per key."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        results, seq = services.apply(image, current_user(request), read_operations(request))
        return Response({"results": [result_json(result) for result in results], "seq": seq})


class AnnotationDetail(APIView):
    """One object."""

    @extend_schema(responses=AnnotationSerializer)
    def get(self, request: Request, annotation_id: uuid.UUID) -> Response:
        """Return the object; a deleted one says so."""
        return Response(annotation_json(queries.get_annotation_for(request.user, annotation_id, Right.VIEW)))

    @extend_schema(request=AnnotationUpdate, responses=AnnotationSerializer)
    def patch(self, request: Request, annotation_id: uuid.UUID) -> Response:
        """Change fields; 409 with the stored object when `revision` is not its revision."""
        row = queries.get_annotation_for(request.user, annotation_id, Right.ANNOTATE)
        data = parse(AnnotationUpdate, request)
        revision = data.pop("revision")
        outcome = services.update(row.image, current_user(request), row.pk, revision, data)
        return Response(annotation_json(outcome.row))

    @extend_schema(parameters=[_REVISION], responses={204: None})
    def delete(self, request: Request, annotation_id: uuid.UUID) -> Response:
        """Delete; the object can be restored."""
        row = queries.get_annotation_for(request.user, annotation_id, Right.ANNOTATE)
        services.delete(row.image, current_user(request), row.pk, _whole(request, "revision"))
        return Response(status=204)


class AnnotationRestore(APIView):
    """Bringing a deleted object back."""

    @extend_schema(request=RevisionSeen, responses=AnnotationSerializer)
    def post(self, request: Request, annotation_id: uuid.UUID) -> Response:
        """Restore."""
        row = queries.get_annotation_for(request.user, annotation_id, Right.ANNOTATE)
        revision = parse(RevisionSeen, request)["revision"]
        outcome = services.restore(row.image, current_user(request), row.pk, revision)
        return Response(annotation_json(outcome.row))


class AnnotationRevisions(APIView):
    """The history of one object."""

    @extend_schema(responses=RevisionsSerializer)
    def get(self, request: Request, annotation_id: uuid.UUID) -> Response:
        """List who changed what, oldest first."""
        row = queries.get_annotation_for(request.user, annotation_id, Right.VIEW)
        return Response({"results": revisions_json(row.revisions.select_related("actor"))})


class ImagePresence(APIView):
    """Who has an image open."""

    @extend_schema(request=PresenceWrite, responses=PresenceSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Say that this tab has the image open, every 15 seconds or so; get everyone who has."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        tabs = services.announce(image, current_user(request), parse(PresenceWrite, request)["client"])
        people = [{"user": str(tab.user_id), "name": tab.user.name, "client": tab.client} for tab in tabs]
        return Response({"people": people})


def _whole(request: Request, name: str) -> int:
    """A whole number from the query."""
    value = request.query_params.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        sentence = "A whole number is needed in the query."
        raise ApiError("invalid", f"{name}: {sentence}", fields={name: [sentence]})
    return int(value)


def _idempotency_key(request: Request) -> uuid.UUID | None:
    value = request.headers.get("Idempotency-Key")
    if value is None:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        sentence = "The Idempotency-Key header must be a UUID."
        raise ApiError("invalid", sentence, fields={"Idempotency-Key": [sentence]}) from None

"""The model library over the API: look, fetch, upload. Adding is for administrators."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.base import File
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import current_user
from annotator.inference import library
from annotator.inference.library import CHECKPOINT_SUFFIXES
from annotator.lib import storage
from annotator.lib.errors import ApiError
from annotator.lib.openapi import listed
from annotator.lib.parsers import StrictSerializer, UploadParser, parse
from annotator.projects.names import safe_name
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer
from annotator.runs.enqueue import enqueue


class PublishedSerializer(serializers.Serializer[Any]):
    """A published checkpoint; `installed` is the model version made of it."""

    name = serializers.CharField(source="published.name")
    title = serializers.CharField(source="published.title")
    family = serializers.CharField(source="published.family")
    licence = serializers.CharField(source="published.licence")
    url = serializers.CharField(source="published.url")
    sha256 = serializers.CharField(source="published.sha256")
    bytes = serializers.IntegerField(source="published.bytes")
    installed = serializers.UUIDField(source="installed.pk", allow_null=True, default=None)


class PullWrite(StrictSerializer):
    """Which checkpoint to fetch."""

    name = serializers.CharField(max_length=100)


class ModelUpload(StrictSerializer):
    """A package as ZIP, or a checkpoint with what it cannot tell itself."""

    file = serializers.FileField()
    name = serializers.CharField(max_length=100, required=False)
    version = serializers.CharField(max_length=50, required=False)
    licence = serializers.CharField(max_length=200, required=False)
    notice = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    accept_licence = serializers.BooleanField(required=False, help_text="SAM 3's own licence was read and is accepted.")


class Library(APIView):
    """The published checkpoints."""

    @extend_schema(operation_id="models_library", responses=listed(PublishedSerializer))
    def get(self, request: Request) -> Response:
        """List them, in order of size, with what is installed of them."""
        return Response({"results": [PublishedSerializer(entry).data for entry in library.entries()]})


class Pull(APIView):
    """Fetching a published checkpoint."""

    throttle_scope = "heavy"

    @extend_schema(request=PullWrite, responses={202: RunSerializer})
    def post(self, request: Request) -> Response:
        """Fetch, convert and install it in a run; administrators only."""
        access.require_admin(request.user)
        published = library.find_published(parse(PullWrite, request)["name"])
        run = enqueue(
            "install_model",
            key=f"install_model:{published.sha256}",
            params={"published": published.name},
            requested_by=current_user(request),
        )
        return Response(run_json(run), status=202)


class Upload(APIView):
    """Adding a model from a file."""

    throttle_scope = "heavy"

    parser_classes = [UploadParser]
    largest_file = "MAX_MODEL_BYTES"

    @extend_schema(request={"multipart/form-data": ModelUpload}, responses={202: RunSerializer})
    def post(self, request: Request) -> Response:
        """Check, convert and install the file in a run; administrators only."""
        access.require_admin(request.user)
        values = parse(ModelUpload, request)
        upload, accepted = values.pop("file"), values.pop("accept_licence", False)
        filename = safe_name(upload.name)
        _check(filename, upload)
        about = {"name": filename.rsplit(".", 1)[0], **values}
        sha256 = storage.put_upload(upload)
        run = enqueue(
            "install_model",
            key=f"install_model:{sha256}",
            params={"blob": sha256, "filename": filename, "about": about, "accepted": accepted},
            requested_by=current_user(request),
        )
        return Response(run_json(run), status=202)


def _check(filename: str, upload: File[Any]) -> None:
    if not filename.lower().endswith((".zip", *CHECKPOINT_SUFFIXES)):
        raise ApiError(
            "bad_model_file",
            f"“{filename}” is no model: a ZIP of a package or a checkpoint ({', '.join(CHECKPOINT_SUFFIXES)}) is "
            "wanted.",
        )
    if upload.size > settings.MAX_MODEL_BYTES:
        limit = settings.MAX_MODEL_BYTES // 2**20
        raise ApiError("too_large", f"“{filename}” is larger than the {limit} MB this server takes.", status=413)

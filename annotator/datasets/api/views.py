"""Exports: list, start, download, delete."""

from __future__ import annotations

import uuid
from base64 import b64encode

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.datasets import queries, services
from annotator.datasets.api.present import archives_json
from annotator.datasets.api.serializers import ArchiveSerializer, ExportWrite
from annotator.lib.errors import ApiError
from annotator.lib.files import AnyAccept
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.lib.ranges import file_response
from annotator.lib.storage import open_blob
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class ProjectExports(APIView):
    """The exports of a project, newest first."""

    throttle_scope = "heavy"

    @extend_schema(responses=paged(ArchiveSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List the finished ones; those in progress are runs."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return page_of(
            self, request, queries.archives_for(request.user, project), archives_json, ordering=("-created", "id")
        )

    @extend_schema(request=ExportWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Start an export; its run's result names the archive."""
        project = get_project_for(request.user, project_id, Right.EXPORT)
        run = services.start_export(project, current_user(request), parse(ExportWrite, request))
        return Response(run_json(run), status=202)


class ExportDetail(APIView):
    """One export."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, export_id: uuid.UUID) -> Response:
        """Delete it and its file."""
        services.delete_archive(queries.get_archive_for(request.user, export_id, Right.MANAGE))
        return Response(status=204)


class ExportDownload(APIView):
    """The file of an export."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: uuid.UUID) -> HttpResponseBase:
        """Download it, or a piece of it (Range); its SHA-256 is in ETag and Repr-Digest."""
        archive = queries.get_archive_for(request.user, export_id, Right.EXPORT)
        try:
            source = open_blob(archive.sha256)
        except FileNotFoundError:
            sentence = "The file of this export is missing from the server's storage. Export again."
            raise ApiError("file_missing", sentence, status=404) from None
        etag = f'"{archive.sha256}"'
        response = file_response(request, source, archive.bytes, etag, archive.name, "application/zip")
        response["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(archive.sha256)).decode()}:"
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

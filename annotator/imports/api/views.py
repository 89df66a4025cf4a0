"""Imports: bring a data set, look at it, start, take back, forget; and what could not be taken over."""

from __future__ import annotations

import csv
import io
import uuid

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.imports import queries, services
from annotator.imports.api.present import imports_json, with_made
from annotator.imports.api.serializers import (
    CheckWrite,
    ImportSerializer,
    ImportWrite,
    ProblemsFilter,
    ProblemsSerializer,
    StartWrite,
)
from annotator.imports.models import Import
from annotator.lib.files import AnyAccept
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import StrictJSONParser, UploadParser, parse, parse_query
from annotator.lib.words import plain_cell
from annotator.projects.queries import get_project_for

FIRST_PROBLEMS = 100


def _answer(row: Import, status: int = 200) -> Response:
    rows = with_made(queries.imports_of(row.project).filter(pk=row.pk))
    return Response(imports_json(list(rows))[0], status=status)


class ProjectImports(APIView):
    """The imports of a project, newest first."""

    throttle_scope = "heavy"

    parser_classes = [UploadParser, StrictJSONParser]
    largest_file = "MAX_IMPORT_BYTES"

    @extend_schema(responses=paged(ImportSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        rows = with_made(queries.imports_of(project))
        return page_of(self, request, rows, imports_json, ordering=("-created", "id"))

    @extend_schema(
        request={"multipart/form-data": ImportWrite, "application/json": ImportWrite}, responses={202: ImportSerializer}
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Bring a data set. It is looked at in the background; nothing of the project changes before `start`. Of web
        addresses and of a bucket it is first listed what there is to fetch; `check` goes on."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body, by = parse(ImportWrite, request), current_user(request)
        known = body.get("format", "")
        if "file" in body:
            return _answer(services.take_upload(project, by, body["file"], known), status=202)
        if "urls" in body:
            return _answer(services.take_urls(project, by, body["urls"], known), status=202)
        if "s3" in body:
            return _answer(services.take_bucket(project, by, body["s3"], known), status=202)
        return _answer(services.take_folder(project, by, body["folder"], known), status=202)


class ImportDetail(APIView):
    """One import."""

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """Return it with its report, and what its runs did."""
        return _answer(queries.get_import_for(request.user, import_id, Right.MANAGE))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, import_id: uuid.UUID) -> Response:
        """Forget it and its file. What it made stays, and cannot be undone as a whole any more."""
        services.delete(queries.get_import_for(request.user, import_id, Right.MANAGE))
        return Response(status=204)


class ImportList(APIView):
    """What there is to fetch."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Look again at the addresses, or at the bucket; `check` fetches what is listed."""
        row = queries.get_import_for(request.user, import_id, Right.MANAGE)
        services.list_again(row, current_user(request))
        return _answer(row, status=202)


class ImportCheck(APIView):
    """The dry run."""

    throttle_scope = "heavy"

    @extend_schema(request=CheckWrite, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Look at the data set anew, as another format for instance; of web addresses and of a bucket, the files that
        are not here yet are fetched first."""
        row = queries.get_import_for(request.user, import_id, Right.MANAGE)
        services.check(row, current_user(request), parse(CheckWrite, request).get("format", ""))
        return _answer(row, status=202)


class ImportStart(APIView):
    """The import itself."""

    throttle_scope = "heavy"

    @extend_schema(request=StartWrite, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Start it. What is there already is left as it is, so that starting again adds nothing twice."""
        row, body = queries.get_import_for(request.user, import_id, Right.MANAGE), parse(StartWrite, request)
        services.start(row, current_user(request), body["become"], body.get("labels", {}))
        return _answer(row, status=202)


class ImportUndo(APIView):
    """Taking an import back."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Remove what it made and nobody changed since; `undone` says what is kept and why."""
        row = queries.get_import_for(request.user, import_id, Right.MANAGE)
        services.undo(row, current_user(request))
        return _answer(row, status=202)


class ImportProblems(APIView):
    """What could not be taken over."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[ProblemsFilter],
        responses={(200, "application/json"): ProblemsSerializer, (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, import_id: uuid.UUID) -> HttpResponseBase:
        """List it: the first hundred (?limit=), or all of it as a table (?kind=csv)."""
        row = queries.get_import_for(request.user, import_id, Right.MANAGE)
        wanted = parse_query(ProblemsFilter, request)
        if wanted["kind"] == "csv":
            return _table(row)
        listed = row.problems[: wanted.get("limit", FIRST_PROBLEMS)]
        results = [{"file": file, "item": item, "reason": reason} for file, item, reason in listed]
        return Response({"count": len(row.problems), "results": results})


def _table(row: Import) -> HttpResponse:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["file", "item", "reason"])
    rows.writerows([plain_cell(cell) for cell in problem] for problem in row.problems)
    # With a mark, as spreadsheets take UTF-8 without one for something else.
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{row.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response

"""Audits of a project: draw, read, take over, close, delete."""

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
from annotator.audits import services
from annotator.audits.api.serializers import (
    MaskAuditDetailSerializer,
    MaskAuditSerializer,
    MaskAuditTakenSerializer,
    MaskAuditWrite,
)
from annotator.audits.models import Audit
from annotator.audits.numbers import numbers_of
from annotator.audits.queries import get_audit_for
from annotator.audits.sheet import sheet_of
from annotator.audits.taking import take
from annotator.lib.files import AnyAccept, table
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for


class Audits(APIView):
    """The audits of a project."""

    throttle_scope = "heavy"

    @extend_schema(responses=paged(MaskAuditSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them, the newest first."""
        project = get_project_for(request.user, project_id, Right.REVIEW)
        rows = project.audits.select_related("created_by")
        return page_of(
            self, request, rows, lambda audits: [dict(MaskAuditSerializer(row).data) for row in audits],
            ordering=("-created", "id"),
        )  # fmt: skip

    @extend_schema(request=MaskAuditWrite, responses={201: MaskAuditDetailSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Draw masks of finished images, and give them to people to be corrected."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        audit = services.draw(project, current_user(request), **parse(MaskAuditWrite, request))
        return Response(_detail(audit), status=201)


class AuditDetail(APIView):
    """One audit."""

    @extend_schema(responses=MaskAuditDetailSerializer)
    def get(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Return it with its numbers."""
        return Response(_detail(get_audit_for(request.user, audit_id, Right.REVIEW)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Delete it with its numbers; the project's masks stay as they are."""
        services.delete(get_audit_for(request.user, audit_id, Right.MANAGE))
        return Response(status=204)


class AuditCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, audit_id: uuid.UUID) -> HttpResponse:
        """Download a row for each mask; who made it stands there once the audit is closed."""
        audit = get_audit_for(request.user, audit_id, Right.REVIEW)
        return table(sheet_of(audit), f"audit-{audit.number}.csv")


class AuditTake(APIView):
    """Taking corrections over."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses=MaskAuditTakenSerializer)
    def post(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Make the corrections so far the project's masks; what was changed since it was drawn stays as it is."""
        audit = get_audit_for(request.user, audit_id, Right.MANAGE)
        count, left = take(audit, current_user(request))
        return Response(MaskAuditTakenSerializer({"taken": count, "left": left}).data)


class AuditClose(APIView):
    """Ending an audit."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses=MaskAuditDetailSerializer)
    def post(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Close it: what was judged stays, the copies go."""
        audit = get_audit_for(request.user, audit_id, Right.MANAGE)
        services.close(audit)
        audit.refresh_from_db()
        return Response(_detail(audit))


def _detail(audit: Audit) -> dict[str, Any]:
    audit.numbers = numbers_of(audit)  # type: ignore[attr-defined]
    return dict(MaskAuditDetailSerializer(audit).data)

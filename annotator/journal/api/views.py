"""The log of a project, for those who manage it."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right
from annotator.journal.api.serializers import EntrySerializer, LogFilter
from annotator.journal.present import entries_json
from annotator.journal.queries import entries_of
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse_query
from annotator.projects.queries import get_project_for


class Log(APIView):
    """What was done to a project; nobody changes it here."""

    @extend_schema(operation_id="log_list", parameters=[LogFilter], responses=paged(EntrySerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List it, the newest first."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        rows = entries_of(project, **parse_query(LogFilter, request))
        return page_of(self, request, rows, entries_json, ordering=("-created", "id"))

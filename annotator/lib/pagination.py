"""The one page of a list: {"results", "next", "previous"} behind an opaque cursor."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Page(CursorPagination):
    """Cursor pagination with ?limit= (1 to 500, default 50), newest last unless said otherwise."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "limit"
    ordering: Any = ("created", "id")


def page_of(
    view: APIView,
    request: Request,
    rows: QuerySet[Any],
    as_json: Callable[[list[Any]], list[dict[str, Any]]],
    *,
    ordering: tuple[str, ...] = ("created", "id"),
) -> Response:
    """Answer with one page of `rows`; `as_json` gets the page's rows at once, so that it can look up in bulk."""
    pages = Page()
    pages.ordering = ordering
    page = pages.paginate_queryset(rows, request, view=view) or []
    return pages.get_paginated_response(as_json(list(page)))

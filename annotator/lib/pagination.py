"""The one page of a list: {"results", "next", "previous"} behind an opaque cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.lib.errors import ApiError

_BAD_CURSOR = "This address of a page is not one that was given out. Start again from the list's first page."


class Page(CursorPagination):
    """Cursor pagination with ?limit= (1 to 500, default 50), newest last unless said otherwise."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "limit"
    offset_cutoff = 1_000_000
    """Rows of one value that a page may lie behind: where many are alike (images without objects), the cursor counts
    through them."""
    ordering: Any = ("created", "id")
    field: Any = None
    """The column that cursors point into."""

    def decode_cursor(self, request: Request) -> Any:
        """Return where to go on, or None for the first page. Raises ApiError (`bad_cursor`)."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                self._check(str(cursor.position))
        except (NotFound, ValidationError, ValueError, OverflowError):
            raise ApiError("bad_cursor", _BAD_CURSOR, fields={"cursor": [_BAD_CURSOR]}) from None
        return cursor

    def _check(self, position: str) -> None:
        if "\x00" in position:  # PostgreSQL compares no text with it
            raise ValueError(position)
        value = self.field.to_python(position)
        self.field.run_validators(value)
        # Those that were given out know their time zone, and lie within what databases can compare.
        if isinstance(value, datetime) and (value.tzinfo is None or not 1000 <= value.astimezone(UTC).year <= 9000):
            raise ValueError(position)


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
    pages.field = rows.model._meta.get_field(ordering[0].removeprefix("-"))
    page = pages.paginate_queryset(rows, request, view=view) or []
    return pages.get_paginated_response(as_json(list(page)))

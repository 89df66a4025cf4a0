"""Rows of notices: everybody has their own."""

from __future__ import annotations

from tests.annotator.permissions.row import Row

NOTICES = "/api/v1/me/notices/"

ROWS = [
    Row("get", NOTICES, "anyone"),
    Row("get", f"{NOTICES}unread/", "anyone"),
    Row("patch", NOTICES, "anyone", body={}),
]

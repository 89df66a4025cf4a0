"""Rows of the numbers."""

from __future__ import annotations

from tests.annotator.permissions.row import Row

DASHBOARD = "/api/v1/projects/{project}/dashboard/"

ROWS = [
    Row("get", DASHBOARD, "viewer"),
    Row("get", f"{DASHBOARD}csv/", "viewer"),
]

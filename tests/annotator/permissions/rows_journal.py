"""The row of the log."""

from __future__ import annotations

from tests.annotator.permissions.row import Row

ROWS = [Row("get", "/api/v1/projects/{project}/log/", "manager")]

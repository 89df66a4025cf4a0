"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.datasets.api.serializers import ArchiveSerializer
from annotator.datasets.models import Archive


def archives_json(rows: list[Archive]) -> list[dict[str, Any]]:
    """Return archives as plain data."""
    return [dict(ArchiveSerializer(row).data) for row in rows]

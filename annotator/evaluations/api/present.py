"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.evaluations.api.serializers import EvaluationSerializer
from annotator.evaluations.models import Evaluation


def evaluations_json(rows: list[Evaluation]) -> list[dict[str, Any]]:
    """Return evaluations as plain data."""
    return [dict(EvaluationSerializer(row).data) for row in rows]

"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.inference.api.serializers import ModelDetailSerializer
from annotator.inference.models import ModelVersion


def model_json(version: ModelVersion) -> dict[str, Any]:
    """Return a model version with manifest and addresses, as the editor needs it."""
    return dict(ModelDetailSerializer(version).data)

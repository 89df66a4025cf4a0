"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.tuning.api.serializers import (
    MaterialSerializer,
    RetrainingSerializer,
    RetrainRuleSerializer,
    SwapSerializer,
)
from annotator.tuning.masks import Material
from annotator.tuning.models import Retraining, Rule, Swap


def retrainings_json(rows: list[Retraining]) -> list[dict[str, Any]]:
    """Return retrainings as plain data."""
    return [dict(RetrainingSerializer(row).data) for row in rows]


def swap_json(swap: Swap) -> dict[str, Any]:
    """Return a change of the model as plain data."""
    return dict(SwapSerializer(swap).data)


def material_json(material: Material) -> dict[str, Any]:
    """Return what there is to learn from as plain data."""
    return dict(MaterialSerializer(material).data)


def rule_json(rule: Rule) -> dict[str, Any]:
    """Return the rule as plain data."""
    return dict(RetrainRuleSerializer(rule).data)

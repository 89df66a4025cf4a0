"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.privacy.api.serializers import CoveredSerializer, LookedAtSerializer, PrivacyRuleSerializer
from annotator.privacy.models import Covered, Rule
from annotator.privacy.queries import originals, waiting
from annotator.projects.models import Image


def rule_json(rule: Rule) -> dict[str, Any]:
    """Return the rule, and how much it has before it, as plain data."""
    counts = {"waiting": waiting(rule.project, rule.threshold).count(), "originals": originals(rule.project).count()}
    for name, count in counts.items():
        setattr(rule, name, count)
    return dict(PrivacyRuleSerializer(rule).data)


def region_json(region: Covered) -> dict[str, Any]:
    """Return a region as plain data."""
    return dict(CoveredSerializer(region).data)


def looked_at_json(images: list[Image]) -> list[dict[str, Any]]:
    """Return images with what is covered in them as plain data."""
    return [dict(LookedAtSerializer(image).data) for image in images]

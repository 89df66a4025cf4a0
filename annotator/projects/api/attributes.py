"""The extra fields that objects of a label carry: {"name", "kind", "options"?, "default"?}."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.lib.numbers import is_number
from annotator.lib.parsers import StrictSerializer

KINDS = ("select", "number", "text", "checkbox")
MAX_ATTRIBUTES = 50


@extend_schema_field({"type": ["string", "number", "boolean"]})
class _Value(serializers.JSONField):
    """A value that some kind of attribute can have."""


class AttributeSpec(StrictSerializer):
    """One extra field. `options` belongs to `select`; `default` must fit the kind."""

    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=KINDS)
    options = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, min_length=1, max_length=200
    )
    default = _Value(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that options and default fit the kind."""
        if (attrs["kind"] == "select") != ("options" in attrs):
            raise serializers.ValidationError({"options": ["A select needs options, and only a select has them."]})
        if "default" in attrs and not fits(attrs, attrs["default"]):
            raise serializers.ValidationError({"default": [f"This is no value of a {attrs['kind']}."]})
        return attrs


def fits(spec: dict[str, Any], value: Any) -> bool:
    """Tell whether `value` may be stored for an attribute of this description."""
    kind = spec["kind"]
    if kind == "checkbox":
        return isinstance(value, bool)
    if kind == "number":
        return is_number(value)
    if not isinstance(value, str) or len(value) > 1000:
        return False
    return kind == "text" or value in spec.get("options", [])


def check_attributes(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return plain data. Raises ValidationError for two of one name, or too many."""
    names = [spec["name"] for spec in specs]
    if len(names) > MAX_ATTRIBUTES:
        raise serializers.ValidationError([f"A label can have {MAX_ATTRIBUTES} attributes at most."])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise serializers.ValidationError([f"“{twice[0]}” is there twice."])
    return [dict(spec) for spec in specs]

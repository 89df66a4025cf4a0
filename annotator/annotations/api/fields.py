"""Fields that take a JSON value of one type and no other: "5" is no number, true is no 1, 1e999 is nothing at all."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.lib.numbers import is_number

MAX_TEXT = 10_000
MAX_ATTRIBUTES = 100
MAX_PROMPTS = 1_000
MAX_PROMPT_BYTES = 512 * 1024
MAX_SHAPE_POINTS = 200_000
MAX_COORDINATE = 10_000_000.0


class Whole(serializers.IntegerField):
    """A whole number."""

    def to_internal_value(self, data: Any) -> int:
        """Refuse what only looks like one."""
        if type(data) is not int:
            raise serializers.ValidationError("A whole number is needed here.")
        return super().to_internal_value(data)


class Number(serializers.FloatField):
    """A finite number."""

    def to_internal_value(self, data: Any) -> float:
        """Refuse text, booleans and infinities."""
        if not is_number(data):
            raise serializers.ValidationError("A number is needed here.")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        """Refuse "true", 1 and the like."""
        if not isinstance(data, bool):
            raise serializers.ValidationError("Either true or false is needed here.")
        return data


class Key(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse numbers, which would be some UUID too."""
        if not isinstance(data, str):
            raise serializers.ValidationError("A UUID is needed here.")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    """One of some words."""

    def to_internal_value(self, data: Any) -> str:
        """Refuse anything but text, also what cannot be hashed."""
        if not isinstance(data, str):
            raise serializers.ValidationError("One of the known words is needed here.")
        return str(super().to_internal_value(data))


_SIZE = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2, "description": "[height, width]"}


def _run_lengths(*counts: dict[str, Any]) -> dict[str, Any]:
    size_and = {"size": _SIZE, "counts": {"oneOf": counts} if len(counts) > 1 else counts[0]}
    return {"type": "object", "required": ["size", "counts"], "properties": size_and}


@extend_schema_field(_run_lengths({"type": "string"}, {"type": "array", "items": {"type": "integer"}}))
class Mask(serializers.Field[Any, Any, Any, Any]):
    """COCO run lengths; the service checks them against the image."""

    def to_internal_value(self, data: Any) -> Any:
        """Pass on what came."""
        return data

    def to_representation(self, value: Any) -> Any:
        """Show it as it is."""
        return value


@extend_schema_field(_run_lengths({"type": "string"}))
class StoredMask(Mask):
    """COCO run lengths as they are stored: always the compressed text."""


@extend_schema_field({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}})
class Attributes(Mask):
    """Attribute names and their values."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Accept a flat object of text, numbers, true and false."""
        if not isinstance(data, dict) or len(data) > MAX_ATTRIBUTES:
            raise serializers.ValidationError(f"An object with at most {MAX_ATTRIBUTES} attributes is needed here.")
        for name, value in data.items():
            if len(name) > 200 or not (isinstance(value, bool) or is_number(value) or _is_text(value)):
                raise serializers.ValidationError(f"The attribute {name[:50]!r} must be text, a number, true or false.")
        return data


@extend_schema_field({"type": "array", "items": {"type": "object"}})
class Prompts(Mask):
    """What a person asked with, in order; kept as it is."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Accept a list of objects within bounds."""
        if not isinstance(data, list) or len(data) > MAX_PROMPTS or not all(isinstance(item, dict) for item in data):
            raise serializers.ValidationError(f"A list of at most {MAX_PROMPTS} objects is needed here.")
        try:
            size = len(json.dumps(data, allow_nan=False))
        except ValueError:
            raise serializers.ValidationError("Every number here must be finite.") from None
        if size > MAX_PROMPT_BYTES:
            raise serializers.ValidationError(f"The prompts are larger than {MAX_PROMPT_BYTES // 1024} KB.")
        return data


@extend_schema_field(
    {
        "type": "object",
        "required": ["type", "rings"],
        "properties": {"type": {"enum": ["polygon"]}, "rings": {"type": "array", "items": {}}},
    }
)
class Shape(Mask):
    """The polygon an object was drawn as: rings of points, or parts of rings of points."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Accept nested lists that end in [x, y]."""
        if not isinstance(data, dict) or set(data) != {"type", "rings"} or data["type"] != "polygon":
            raise serializers.ValidationError('An object with "type": "polygon" and "rings" is needed here.')
        points = _count_points(data["rings"], depth=4)
        if points is None:
            raise serializers.ValidationError("The rings must be lists of points [x, y] in image pixels.")
        if points > MAX_SHAPE_POINTS:
            raise serializers.ValidationError(f"The polygon has {points} points; {MAX_SHAPE_POINTS} are the most.")
        return data


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _count_points(value: object, depth: int) -> int | None:
    """The number of points in nested lists, or None when something else is among them."""
    if not isinstance(value, list) or depth == 0:
        return None
    if len(value) == 2 and all(is_number(item) for item in value):
        return 1 if max(abs(item) for item in value) <= MAX_COORDINATE else None
    counts = [_count_points(item, depth - 1) for item in value]
    return None if None in counts else sum(count for count in counts if count is not None)

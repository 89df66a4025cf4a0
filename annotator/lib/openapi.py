"""How the API is described: pages of lists, and the error envelope on every operation."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers


@cache
def paged(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Return the description of one page of a list."""
    return inline_serializer(
        name=f"{_name(serializer)}Page",
        fields={
            "results": serializer(many=True),
            "next": serializers.CharField(allow_null=True, help_text="Address of the next page."),
            "previous": serializers.CharField(allow_null=True, help_text="Address of the page before."),
        },
    )


@cache
def listed(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Return the description of a whole list."""
    return inline_serializer(name=f"{_name(serializer)}List", fields={"results": serializer(many=True)})


def _name(serializer: type[serializers.Serializer[Any]]) -> str:
    return serializer.__name__.removesuffix("Serializer")


_ERROR = {
    "type": "object",
    "description": "What happened (`message`), for programs (`code`), and which fields were wrong.",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "current": {"description": "With 409: what is stored now."},
    },
}


@extend_schema_field({"$ref": "#/components/schemas/Error"})
class ErrorField(serializers.DictField):
    """The error envelope inside an answer, where one part of a request can fail alone."""


def add_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say that every operation may answer with the error envelope."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = _ERROR
    answer = {
        "description": "The error envelope.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"].setdefault("default", answer)
    return result

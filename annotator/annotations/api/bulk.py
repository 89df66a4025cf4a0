"""Reading a bulk request: one operation that cannot be read becomes its own error, not the whole request's."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from annotator.annotations.api.serializers import MAX_OPERATIONS, AnnotationFields, AnnotationNew, OperationWrite
from annotator.annotations.choices import Action
from annotator.annotations.present import annotation_json, change_json
from annotator.annotations.services import Operation, Result
from annotator.lib.errors import ApiError, invalid
from export.rle import MAX_TEXT


def read_operations(request: Request) -> list[Operation]:
    """Return the request's operations. Raises ApiError when the list itself, or an operation's key, is missing."""
    body = request.data
    if not isinstance(body, dict) or set(body) != {"operations"} or not isinstance(body["operations"], list):
        raise ApiError("invalid", 'The body must be {"operations": [...]} and nothing else.')
    entries = body["operations"]
    if len(entries) > MAX_OPERATIONS:
        raise ApiError(
            "too_many_operations", f"{len(entries)} operations are too many for one request; send {MAX_OPERATIONS}."
        )
    _check_masks(entries)
    return [_read(entry, index) for index, entry in enumerate(entries)]


def _check_masks(entries: list[Any]) -> None:
    """Before any of them is read: together they may hold what one mask may."""
    total = sum(_length(entry) for entry in entries)
    if total > MAX_TEXT:
        raise ApiError(
            "too_large",
            f"The masks of this request have {total} characters or runs; {MAX_TEXT} are the most. Send fewer at once.",
            status=413,
        )


def _length(entry: object) -> int:
    data = entry.get("data") if isinstance(entry, dict) else None
    mask = data.get("rle") if isinstance(data, dict) else None
    counts = mask.get("counts") if isinstance(mask, dict) else None
    return len(counts) if isinstance(counts, str | list) else 0


def result_json(result: Result) -> dict[str, Any]:
    """Return what became of an operation."""
    key = str(result.operation.key)
    if result.error is not None:
        return {"key": key, "status": result.error.status, "error": result.error.body()}
    assert result.outcome is not None, "an operation ends in an outcome or an error"
    deleted = result.operation.op == Action.DELETE
    row = result.outcome.row
    shown = change_json(row) if deleted else annotation_json(row)
    return {"key": key, "status": result.outcome.status, "annotation": shown}


def _read(entry: object, index: int) -> Operation:
    key = _key(entry, index)
    assert isinstance(entry, dict), "an entry with a key is an object"
    try:
        head = _checked(OperationWrite, {name: value for name, value in entry.items() if name != "data"})
        data = entry.get("data", {})
        kind = AnnotationNew if head["op"] == Action.CREATE else AnnotationFields
        values = _checked(kind, data) if head["op"] in {Action.CREATE, Action.UPDATE} else {}
    except serializers.ValidationError as error:
        return Operation(key, Action.UPDATE, key, problem=invalid(error.detail))
    return Operation(key, Action(head["op"]), head["id"], head.get("revision"), values)


def _key(entry: object, index: int) -> uuid.UUID:
    value = entry.get("key") if isinstance(entry, dict) else None
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        where = f"operations.{index}.key"
        sentence = "Every operation needs a key of its own, a UUID."
        raise ApiError("invalid", f"{where}: {sentence}", fields={where: [sentence]}) from None


def _checked(kind: type[serializers.Serializer[Any]], data: object) -> dict[str, Any]:
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

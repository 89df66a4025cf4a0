"""Reading request bodies: JSON without NaN, and serializers that refuse fields they do not know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

MULTIPART_ROOM = 1 << 20
"""Bytes that an upload's body may have beside its file: names, fields and boundaries."""


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class StrictJSONParser(BaseParser):
    """JSON in UTF-8; NaN, Infinity and NUL characters (which PostgreSQL cannot store) are refused."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises ParseError with a sentence."""
        raw = _read(stream)
        try:
            text = raw.decode("utf-8")
            value = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The request's body is not valid JSON: {error}") from None
        # Only an escape can bring such a character in, so most bodies are not walked.
        if "\\u" in text and any("\x00" in part or _half(part) for part in _strings(value)):
            raise ParseError("The request's body contains a NUL or half a character, which cannot be stored.")
        return value


def _read(stream: IO[Any]) -> bytes:
    # REST framework reads the request itself, past Django's own limit.
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    raw: bytes = stream.read(limit + 1)
    if len(raw) > limit:
        raise RequestDataTooBig
    return raw


def _half(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


class UploadParser(MultiPartParser):
    """Multipart bodies, for the addresses that take files; a quote in a file's name comes out as the quote it was."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return fields and files. Raises ParseError."""
        parsed = super().parse(stream, media_type, parser_context)
        for name in parsed.files:
            upload = cast("UploadedFile[Any]", parsed.files[name])
            # The only printable character that browsers escape there (HTML standard, multipart/form-data encoding).
            upload.name = (upload.name or "").replace("%22", '"')
        return parsed


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that answers 400 to unknown fields, naming them, instead of dropping them silently."""

    def to_internal_value(self, data: Any) -> Any:
        """Validate; unknown names are an error of their own."""
        if isinstance(data, Mapping):
            writable = {name: field for name, field in self.fields.items() if not field.read_only}
            wrong = {str(name): ["This field is unknown here."] for name in data if name not in writable}
            if self.parent is not None and getattr(self.root, "partial", False):
                # A PATCH may leave out the outer fields; the objects inside it are still whole ones.
                left_out = (name for name, field in writable.items() if field.required and name not in data)
                wrong |= {name: ["This field is required."] for name in left_out}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


def parse_query(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the validated part of the address behind `?`. Raises ValidationError."""
    checked = serializer(data=request.query_params.dict())
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def parse(serializer: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """Return the request's validated body. Raises ValidationError, which leaves as the envelope with code `invalid`."""
    checked = serializer(data=request.data, partial=partial, context={"request": request})
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)

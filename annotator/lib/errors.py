"""Errors with stable codes, and the one envelope they leave in: {"code", "message", "fields"?, "current"?}."""

from __future__ import annotations

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from annotator.lib import limits
from annotator.lib.meters import TROUBLES
from annotator.lib.trouble import trouble_of

log = logging.getLogger(__name__)


class ApiError(Exception):
    """A refusal with a code that clients may rely on and a sentence a person can act on."""

    status: int = 400

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        fields: dict[str, list[str]] | None = None,
        current: Any = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or self.status
        self.fields = fields
        self.current = current
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """Return the envelope."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.fields:
            body["fields"] = self.fields
        if self.current is not None:
            body["current"] = self.current
        return body


class NotFound(ApiError):
    """There is no such thing, or this person must not know of it."""

    def __init__(self, what: str = "thing") -> None:
        super().__init__("not_found", f"There is no such {what}, or it is not shared with you.", status=404)


class Forbidden(ApiError):
    """A member without the right for this."""

    def __init__(self, message: str) -> None:
        super().__init__("permission_denied", message, status=403)


class Conflict(ApiError):
    """What is stored does not allow this now; `current` is the stored row where that helps."""

    def __init__(self, code: str, message: str, *, current: Any = None) -> None:
        super().__init__(code, message, status=409, current=current)


_CODES: dict[type[Exception], tuple[str, str]] = {
    exceptions.NotAuthenticated: ("not_authenticated", "Sign in first, then try again."),
    exceptions.AuthenticationFailed: ("authentication_failed", "This token is not valid (any more). Make a new one."),
    exceptions.ParseError: ("parse_error", "The request's body could not be read."),
    exceptions.NotAcceptable: ("not_acceptable", "This address answers in JSON only."),
}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any error of an API view into the envelope: troubles of the machine are 507 or 503 with the reason, unknown
    errors are logged and answered with 500."""
    set_rollback()
    converted = _convert(error) or _troubled(error)
    if converted is None:
        log.exception("Unhandled error in %s", context.get("view"), exc_info=error)
        converted = ApiError(
            "server_error", "Something went wrong inside Maskwright; nothing was changed. Try again.", status=500
        )
    # Whatever the address else answers with: the envelope is JSON.
    response = Response(converted.body(), status=converted.status, content_type="application/json")
    if converted.retry_after is not None:
        response["Retry-After"] = str(converted.retry_after)
    if isinstance(error, exceptions.APIException):
        header = getattr(error, "auth_header", None)
        if header:
            response["WWW-Authenticate"] = header
    return response


def _troubled(error: Exception) -> ApiError | None:
    trouble = trouble_of(error)
    if trouble is None:
        return None
    TROUBLES.labels(trouble.code).inc()
    log.error("%s: %s", trouble.code, error)
    return ApiError(trouble.code, trouble.message, status=trouble.status, retry_after=trouble.retry_after)


def _convert(error: Exception) -> ApiError | None:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, PermissionDenied):
        return Forbidden("You are not allowed to do this.")
    if isinstance(error, RequestDataTooBig | TooManyFilesSent):
        return ApiError("too_large", "The request is larger than this server accepts.", status=413)
    if isinstance(error, UnreadablePostError):
        return ApiError("incomplete", "The request did not arrive whole, or too slowly. Send it again.", status=400)
    if isinstance(error, exceptions.ValidationError):
        return invalid(error.detail)
    if isinstance(error, exceptions.APIException):
        return _from_rest(error)
    return None


def _from_rest(error: exceptions.APIException) -> ApiError:
    if isinstance(error, exceptions.Throttled):
        wait = max(1, math.ceil(getattr(error, "wait", None) or 1))  # it is set where it is known
        return ApiError("too_often", limits.sentence(wait), status=error.status_code, retry_after=wait)
    for kind, (code, message) in _CODES.items():
        if isinstance(error, kind):
            detail = str(error.detail) if isinstance(error, exceptions.ParseError) else message
            return ApiError(code, detail, status=error.status_code)
    codes: object = error.get_codes()
    return ApiError(codes if isinstance(codes, str) else "error", str(error.detail), status=error.status_code)


def refused(field: str, sentence: str) -> ApiError:
    """Return the 400 for a request whose `field` cannot be used."""
    return invalid({field: sentence})


def invalid(detail: Any) -> ApiError:
    """Return the 400 for serializer errors: nested ones are flattened to dotted names."""
    fields: dict[str, list[str]] = {}
    _flatten("", detail, fields)
    first = next(iter(fields.items()), ("", ["The request is not valid."]))
    where = f"{first[0]}: " if first[0] and first[0] != "body" else ""
    return ApiError("invalid", f"{where}{first[1][0]}", fields=fields)


def _flatten(prefix: str, detail: Any, into: dict[str, list[str]]) -> None:
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            _flatten(".".join(part for part in (prefix, name) if part), value, into)
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        for index, item in enumerate(detail):
            if item:
                _flatten(f"{prefix}.{index}" if prefix else str(index), item, into)
    else:
        items = detail if isinstance(detail, list) else [detail]
        into.setdefault(prefix or "body", []).extend(str(item) for item in items)

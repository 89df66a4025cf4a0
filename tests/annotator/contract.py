"""A client that holds every answer of the API against the committed OpenAPI file.

Descriptions are taken at their word: a field that is not described fails as one that is missing does.
"""

from __future__ import annotations

import datetime
import json
import re
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from rest_framework.test import APIClient

COMMITTED = Path(__file__).resolve().parents[2] / "annotator" / "openapi.yaml"
API = "/api/v1/"
JSON = "application/json"
# The description itself, and the readable page, describe and are not described.
ABOUT_ITSELF = {"/api/v1/schema/", "/api/v1/docs/"}

FORMATS = jsonschema.FormatChecker(())
FORMATS.checks("uuid", ValueError)(lambda value: not isinstance(value, str) or bool(uuid.UUID(value)))
FORMATS.checks("date-time", ValueError)(
    lambda value: not isinstance(value, str) or datetime.datetime.fromisoformat(value).tzinfo is not None
)


class CheckedClient(APIClient):
    """REST framework's test client; an answer that the description does not allow is an AssertionError."""

    def request(self, **kwargs: Any) -> Any:
        """Send, and check what comes back."""
        response = super().request(**kwargs)
        check(response.request["REQUEST_METHOD"], response.request["PATH_INFO"], response)
        return response


def check(method: str, path: str, response: HttpResponse) -> None:
    """Raise AssertionError with the sentence of the first difference when an answer is not as described."""
    if not path.startswith(API) or path in ABOUT_ITSELF:
        return
    template = template_of(path)
    said = f"{method} {template} → {response.status_code}"
    kind = response.get("Content-Type", "").split(";")[0]
    contents = described(template, method.lower(), response.status_code)
    assert contents is not None, f"{said} is not described in openapi.yaml."
    if not contents:
        assert not response.content, f"{said} is described as empty, but has a body."
        return
    assert kind in contents, f"{said} is {kind or 'empty'}; openapi.yaml says {', '.join(contents)}."
    if kind == JSON:
        body = b"".join(response) if response.streaming else response.content
        if response.streaming:
            response.streaming_content = [body]  # type: ignore[attr-defined]
        problem = next(iter(contents[JSON].iter_errors(json.loads(body))), None)
        assert problem is None, f"{said} at {problem.json_path}: {problem.message[:500]}"


def check_component(name: str, value: Any) -> None:
    """Raise AssertionError when a value is not what the description calls by this name."""
    problem = next(_validator({"$ref": f"#/components/schemas/{name}"}).iter_errors(value), None)
    assert problem is None, f"{name} at {problem.json_path}: {problem.message[:500]}"


def template_of(path: str) -> str:
    """Return the described address that a path is served by, or the path where there is none."""
    try:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", resolve(path).route)
    except Resolver404:
        return path


@cache
def described(template: str, method: str, status: int) -> dict[str, jsonschema.Draft202012Validator] | None:
    """Return the media types of an answer with their validators; {} for an empty one, None for one nobody described."""
    schema = closed_description()
    answers = schema["paths"].get(template, {}).get(method, {}).get("responses")
    if answers is None:
        # Nothing such is served, which is an error in the one envelope.
        answers = {"default": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}}
    answer = answers.get(str(status)) or (answers.get("default") if status >= 400 else None)
    if answer is None:
        return None
    return {kind: _validator(body.get("schema", {})) for kind, body in answer.get("content", {}).items()}


def _validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    whole = {"components": closed_description()["components"], **schema}
    return jsonschema.Draft202012Validator(whole, format_checker=FORMATS)


@cache
def closed_description() -> dict[str, Any]:
    """Return the committed description with every described object closed: it has no other fields."""
    return _closed(yaml.safe_load(COMMITTED.read_text()))


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _closed(value) for key, value in node.items()}
    if node.get("type") == "object" and isinstance(node.get("properties"), dict):
        inner.setdefault("additionalProperties", False)
    return inner

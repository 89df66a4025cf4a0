"""The API described: OpenAPI for programs, and a page for people that needs nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from annotator.lib.files import AnyAccept

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Maskwright API</title>
<link rel="stylesheet" href="/static/css/tokens.css">
<link rel="stylesheet" href="/static/css/base.css">
<link rel="stylesheet" href="/static/css/forms.css">
<link rel="stylesheet" href="/static/css/pages.css">
<main class="page api-docs">
<h1>Maskwright API</h1>
<p>JSON over HTTP, signed in by session or by <code>Authorization: Token KEY</code> (make a key under
<a href="/tokens/">your account</a>). Errors come as <code>{{"code", "message", "fields"?}}</code>; lists as
<code>{{"results", "next", "previous"}}</code>. Programs read <a href="../schema/">the OpenAPI description</a>.</p>
{}
</main>
</html>"""


class Schema(SpectacularAPIView):
    """GET the OpenAPI 3 description of this API."""


class ApiDocs(APIView):
    """GET a readable page of every address."""

    for_project_keys = ("GET",)

    content_negotiation_class = AnyAccept

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Answer with the page."""
        schema = SchemaGenerator().get_schema(request=request, public=True)  # type: ignore[no-untyped-call]
        return HttpResponse(format_html(_PAGE, _sections(schema)))


def _sections(schema: dict[str, Any]) -> SafeString:
    operations = [
        (method, address, operation)
        for address, methods in sorted(schema["paths"].items())
        for method, operation in methods.items()
    ]
    return format_html_join("\n", "{}", ((_operation(schema, *one),) for one in operations))


def _operation(schema: dict[str, Any], method: str, address: str, operation: dict[str, Any]) -> SafeString:
    return format_html(
        "<section><h2><code>{} {}</code></h2><p>{}</p>{}{}{}</section>",
        method.upper(),
        address,
        operation.get("description", ""),
        _parameters(operation),
        _body(schema, "Body", operation.get("requestBody", {})),
        format_html_join("", "{}", ((_body(schema, code, said),) for code, said in operation["responses"].items())),
    )


def _parameters(operation: dict[str, Any]) -> SafeString:
    asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    rows = format_html_join("", "<li><code>?{}=</code> {}</li>", ((p["name"], p.get("description", "")) for p in asked))
    return format_html("<ul>{}</ul>", rows) if asked else SafeString("")


def _body(schema: dict[str, Any], title: str, said: dict[str, Any]) -> SafeString:
    """Show the fields of a body, one line each; the error envelope is described once, above."""
    contents: list[dict[str, Any]] = list(said.get("content", {}).values())
    shape = contents[0].get("schema", {}) if contents else {}
    name = shape.get("$ref", "").rsplit("/", 1)[-1]
    if name == "Error" or not (name or said.get("description")):
        return SafeString("")
    fields = schema["components"]["schemas"].get(name, {}).get("properties", {})
    rows = format_html_join("", "<li><code>{}</code> {}</li>", ((key, _type(value)) for key, value in fields.items()))
    heading = f"{title}: {name}" if name else f"{title}: {said['description']}"
    return format_html("<details><summary>{}</summary><ul>{}</ul></details>", heading, rows)


def _type(shape: dict[str, Any]) -> str:
    reference = shape.get("$ref") or next((one.get("$ref") for one in shape.get("allOf", []) if "$ref" in one), "")
    if reference:
        return str(reference).rsplit("/", 1)[-1]
    kind = shape.get("type", "")
    if kind == "array":
        return f"list of {_type(shape.get('items', {}))}"
    named = " or ".join(kind) if isinstance(kind, list) else kind
    return f"{named} {shape.get('format', '')}".strip()

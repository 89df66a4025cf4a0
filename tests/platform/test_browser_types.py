"""The browser's types say what the description says."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from annotator.launch import drift
from annotator.launch.browser_types import generate, type_of

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        (TEXT, "string"),
        ({"type": "integer"}, "number"),
        ({"type": ["string", "null"], "format": "uuid"}, "string | null"),
        ({"enum": ["new", "done"]}, "'new' | 'done'"),
        ({"type": "boolean", "const": True}, "true"),
        ({"type": "array", "items": TEXT}, "string[]"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}, "[string, string]"),
        ({"type": "array", "items": TEXT, "minItems": 1, "maxItems": 2}, "string[]"),
        ({"type": "object", "additionalProperties": {}}, "Record<string, unknown>"),
        ({"type": "object", "additionalProperties": {"type": ["string", "number"]}}, "Record<string, string | number>"),
        ({"type": "object"}, "object"),
        ({"$ref": "#/components/schemas/Cat"}, "Cat"),
        ({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"type": "null"}]}, "Cat | null"),
        ({}, "unknown"),
    ],
)
def test_a_schema_is_this_type(schema: dict[str, Any], written: str) -> None:
    assert type_of(schema) == written


def test_what_nobody_taught_it_is_an_error_and_no_any() -> None:
    with pytest.raises(ValueError, match="no type for"):
        type_of({"not": TEXT})


def test_fields_that_may_be_missing_are_optional() -> None:
    schema = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "content-type": TEXT}}
    assert type_of(schema) == "{\n  name: string;\n  'content-type'?: string;\n}"


def test_an_address_says_what_each_method_takes_and_answers() -> None:
    def content(name: str) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}

    answers = {"200": content("Cat"), "201": content("Cat"), "204": {}, "default": content("Error")}
    operation = {"requestBody": content("CatWrite"), "responses": answers}
    description = {
        "components": {"schemas": {"Cat": {"type": "object", "properties": {"name": TEXT}}, "Size": {"enum": [1, 2]}}},
        "paths": {"/api/v1/cats/{cat_id}/": {"put": operation, "delete": {"responses": {"204": {}}}}},
    }
    text = generate(description)
    assert "export interface Cat {\n  name?: string;\n}" in text
    assert "export type Size = 1 | 2;" in text
    assert "  'cats/{}/': {\n    put: { body: CatWrite; answer: Cat | null };" in text
    assert "    delete: { body: undefined; answer: null };" in text


def test_the_committed_types_are_those_of_the_committed_description() -> None:
    made = generate(yaml.safe_load(drift.SCHEMA.read_text(encoding="utf-8")))
    assert drift.TYPES.read_text(encoding="utf-8") == made, "Run `make schema` and commit what it writes."

"""The API's description as TypeScript types, for the browser's part: `generate(openapi) -> text of schema.d.ts`.

Every component becomes a type of its name, every address an entry of `Endpoints` with what its methods take (`body`)
and answer (`answer`). Only what our own description uses is known; anything else is an error rather than `any`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
HEAD = (
    "/** The API as annotator/openapi.yaml describes it. `make schema` writes this file: change the code instead. */\n"
)
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_NAME = re.compile(r"[A-Za-z_$][\w$]*")

Schema = dict[str, Any]


def generate(openapi: Schema) -> str:
    """Return the text of the declaration file. Raises ValueError for a schema that nobody taught this module."""
    schemas = openapi["components"]["schemas"]
    declared = "".join(_declared(name, schemas[name]) for name in sorted(schemas))
    return f"{HEAD}\n{declared}{_endpoints(openapi['paths'])}"


def type_of(schema: Schema, indent: str = "") -> str:
    """Return the type of a schema. Raises ValueError as `generate`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(_literal(value) for value in schema["enum"])
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            glue = " & " if word == "allOf" else " | "
            return glue.join(dict.fromkeys(type_of(part, indent) for part in schema[word]))
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return " | ".join(type_of(schema | {"type": kind}, indent) for kind in kinds)
    return _of_kind(kinds, schema, indent)


def _of_kind(kind: str | None, schema: Schema, indent: str) -> str:
    if kind == "array":
        return _array(schema, indent)
    if kind == "object":
        return _object(schema, indent)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind is None and not set(schema) - {"description", "title", "readOnly"}:
        return "unknown"
    raise ValueError(f"browser_types.py has no type for {json.dumps(schema)[:200]}")


def _array(schema: Schema, indent: str) -> str:
    item = type_of(schema.get("items", {}), indent)
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least is not None and least == most and least <= 5:
        return f"[{', '.join([item] * least)}]"
    return f"({item})[]" if "|" in item else f"{item}[]"


def _object(schema: Schema, indent: str) -> str:
    properties: dict[str, Schema] = schema.get("properties", {})
    if not properties:
        more = schema.get("additionalProperties")
        return "object" if more is None else f"Record<string, {type_of(more, indent)}>"
    inner = indent + "  "
    required = schema.get("required", [])
    lines = "".join(_property(name, body, name in required, inner) for name, body in properties.items())
    return f"{{\n{lines}{indent}}}"


def _property(name: str, schema: Schema, required: bool, indent: str) -> str:
    said = f"{indent}/** {_sentence(schema)} */\n" if schema.get("description") and "enum" not in schema else ""
    return f"{said}{indent}{_key(name)}{'' if required else '?'}: {type_of(schema, indent)};\n"


def _declared(name: str, schema: Schema) -> str:
    said = f"/** {_sentence(schema)} */\n" if schema.get("description") and "enum" not in schema else ""
    if schema.get("type") == "object" and schema.get("properties"):
        return f"{said}export interface {name} {_object(schema, '')}\n"
    return f"{said}export type {name} = {type_of(schema)};\n"


def _endpoints(paths: dict[str, Schema]) -> str:
    lines = "".join(_address(path, paths[path]) for path in sorted(paths))
    said = "/** What each address takes and answers; `{}` stands for an id. */"
    return f"{said}\nexport interface Endpoints {{\n{lines}}}\n"


def _address(path: str, operations: Schema) -> str:
    name = re.sub(r"\{\w+\}", "{}", path.removeprefix(PREFIX))
    inner = "".join(f"    {method}: {_operation(operations[method])};\n" for method in METHODS if method in operations)
    return f"  '{name}': {{\n{inner}  }};\n"


def _operation(operation: Schema) -> str:
    body = operation.get("requestBody", {}).get("content", {})
    taken = type_of(body[JSON]["schema"], "    ") if JSON in body else "FormData" if body else "undefined"
    return f"{{ body: {taken}; answer: {' | '.join(dict.fromkeys(_answers(operation)))} }}"


def _answers(operation: Schema) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            content = answer.get("content", {})
            yield type_of(content[JSON]["schema"], "    ") if JSON in content else "unknown" if content else "null"


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) and "'" not in value else json.dumps(value)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else f"'{name}'"


def _sentence(schema: Schema) -> str:
    return " ".join(str(schema["description"]).split()).replace("*/", "* /")

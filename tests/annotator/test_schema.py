"""The committed OpenAPI file is the code's, and the readable page shows it."""

from __future__ import annotations

from pathlib import Path

import yaml
from drf_spectacular.generators import SchemaGenerator

from tests.annotator.world import World

COMMITTED = Path(__file__).resolve().parents[2] / "annotator" / "openapi.yaml"


def test_the_committed_description_is_what_the_code_does(db: None) -> None:
    from drf_spectacular.renderers import OpenApiYamlRenderer

    now = OpenApiYamlRenderer().render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})
    assert yaml.safe_load(COMMITTED.read_text()) == yaml.safe_load(now), "Run `make schema` and commit the file."


def test_every_operation_is_described_in_words_and_can_fail_with_the_envelope(db: None) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {address} has no docstring"
            assert "default" in operation["responses"]


def test_the_page_lists_every_address(world: World) -> None:
    page = world.as_bob.get("/api/v1/docs/", headers={"accept": "text/html"})
    assert page.status_code == 200
    for address in SchemaGenerator().get_schema(request=None, public=True)["paths"]:
        assert address in page.content.decode()

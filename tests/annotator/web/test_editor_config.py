"""The editor's configuration has exactly the keys its type declares."""
from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from annotator.inference.models import ModelVersion

pytestmark = pytest.mark.django_db
TYPES = (Path(__file__).parents[3] / "static" / "app" / "types.d.ts").read_text()


def declared(name: str) -> set[str]:
    """Top-level keys of an interface in types.d.ts."""
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", TYPES, flags=re.S)
    body = re.search(rf"export interface {name} \{{(.*?)\}}\s*(?=export|$)", source, re.S)
    assert body, name
    text = body.group(1)
    while re.search(r"\{[^{}]*\}", text):
        text = re.sub(r"\{[^{}]*\}", "x", text)
    return set(re.findall(r"(?:^|;)\s*(\w+)\??:", text, re.M))


def config(client, project, image) -> dict:
    html = client.get(f"/projects/{project.pk}/images/{image.pk}/edit/").content.decode()
    block = re.search(r'<script id="editor-config" type="application/json">(.*?)</script>', html, re.S)
    assert block
    return json.loads(block.group(1))


def test_it_has_the_declared_keys(alice, project, image, sign_in):
    project.model_version = ModelVersion.objects.create(
        name="compact", family="compact", sha256="a" * 64, encoder_sha256="b" * 64, manifest={"format": 1},
        files={"decode.onnx": {"sha256": "c" * 64, "bytes": 5}},
    )  # fmt: skip
    project.save()
    made = config(sign_in(alice), project, image)
    assert set(made) == declared("EditorConfig")
    assert set(made["model"]) == declared("ModelInfo")
    assert set(made["project"]["labels"][0]) == declared("Label")
    assert set(made["user"]) == declared("Person")
    assert set(made["urls"]) == {"worker", "ort", "ortWasm", "icons", "project", "signin", "editor"}
    assert made["model"]["files"] == {"decode.onnx": f"/files/models/{made['model']['id']}/{'c' * 64}/decode.onnx"}


def test_it_says_who_asks_and_how_to_reach_other_images(victor, project, image, sign_in):
    made = config(sign_in(victor), project, image)
    assert made["role"] == "viewer"
    assert made["user"] == {"id": str(victor.pk), "name": "victor"}
    assert made["urls"]["editor"] == f"/projects/{project.pk}/images/{{image}}/edit/"
    assert made["model"] is None

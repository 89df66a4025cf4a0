"""The editor's configuration has exactly the keys its type declares, and in it what the API would say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project
from tests.annotator.contract import check_component

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


def config(client: Client, project: Any, image: Any) -> dict:
    html = client.get(f"/projects/{project.pk}/images/{image.pk}/edit/").content.decode()
    block = re.search(r'<script id="editor-config" type="application/json">(.*?)</script>', html, re.S)
    assert block
    return json.loads(block.group(1))


def test_it_has_the_declared_keys(
    alice: User, project: Project, image: Image, sign_in: Callable[[User], Client]
) -> None:
    project.model_version = ModelVersion.objects.create(
        name="compact", family="compact", sha256="a" * 64, encoder_sha256="b" * 64, manifest={"format": 1},
        files={"decode.onnx": {"sha256": "c" * 64, "bytes": 5}},
    )  # fmt: skip
    project.save()
    made = config(sign_in(alice), project, image)
    assert set(made) == declared("EditorConfig")
    check_component("ModelDetail", made["model"])
    check_component("Label", made["project"]["labels"][0])
    check_component("Person", made["user"])
    assert set(made["urls"]) == {"worker", "ort", "ortWasm", "icons", "project", "signin", "editor", "work"}
    assert made["model"]["files"] == {"decode.onnx": f"/files/models/{made['model']['id']}/{'c' * 64}/decode.onnx"}


def test_it_says_who_asks_and_how_to_reach_other_images(
    victor: User, project: Project, image: Image, sign_in: Callable[[User], Client]
) -> None:
    made = config(sign_in(victor), project, image)
    assert made["role"] == "viewer"
    assert made["user"] == {"id": str(victor.pk), "name": "victor"}
    assert made["urls"]["editor"] == f"/projects/{project.pk}/images/{{image}}/edit/"
    assert made["model"] is None


def test_it_says_whether_the_person_has_a_password_to_come_back_with(
    project: Project, image: Image, alice: User, sign_in: Callable[[User], Client]
) -> None:
    for password in (None, "a long pass phrase"):
        alice.set_password(password)
        alice.save()
        assert config(sign_in(alice), project, image)["password"] is (password is not None)

"""Three people and one picture; no pixels are needed here, only its size."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.projects.models import Image, Label, Membership, Project
from export import rle
from tests.annotator.contract import CheckedClient

HEIGHT, WIDTH = 40, 60


def make_mask(x: int = 5, y: int = 5, width: int = 10, height: int = 10) -> dict:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask).to_json()


def make_image(project: Project, name: str = "a.jpg", **values: Any) -> Image:
    sha256 = uuid.uuid4().hex * 2
    plain = {"width": WIDTH, "height": HEIGHT, "bytes": 1, "source_format": "JPEG", "media_type": "image/jpeg"}
    return Image.objects.create(
        project=project, name=name, sha256=sha256, source_sha256=sha256, thumb_sha256=sha256, **plain | values
    )


def make_person(name: str, project: Project | None = None, role: str = Role.ANNOTATOR) -> SimpleNamespace:
    user = User.objects.create_user(name, first_name=name.capitalize())
    if project:
        Membership.objects.create(project=project, user=user, role=role)
    client = CheckedClient(raise_request_exception=False)
    client.force_authenticate(user)
    return SimpleNamespace(user=user, client=client)


@pytest.fixture
def place(db: None) -> SimpleNamespace:
    project = Project.objects.create(name="Harbour")
    return SimpleNamespace(
        project=project,
        image=make_image(project),
        cat=Label.objects.create(project=project, name="cat", color="#ff0000"),
        foreign=Label.objects.create(project=Project.objects.create(name="Other"), name="dog", color="#00ff00"),
        bob=make_person("bob", project),
        eve=make_person("eve", project),
        dana=make_person("dana", project, Role.REVIEWER),
        vera=make_person("vera", project, Role.VIEWER),
        stranger=make_person("stranger"),
    )


@pytest.fixture
def api(place: SimpleNamespace) -> Callable[..., Any]:
    """Bob's requests: `api("post", path, body)` gives (status, body)."""

    def call(
        method: str,
        path: str,
        body: dict[str, Any] | list[Any] | None = None,
        person: SimpleNamespace | None = None,
        **extra: Any,
    ) -> tuple[Any, ...]:
        client = (person or place.bob).client
        response = getattr(client, method)(f"/api/v1/{path}", body, format="json", **extra)
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def create(place: SimpleNamespace, api: Callable[..., Any]) -> Callable[..., Any]:
    """Makes an object and returns it."""

    def make(image: Image | None = None, **data: Any) -> dict:
        status, body = api("post", f"images/{(image or place.image).pk}/annotations/", {"rle": make_mask()} | data)
        assert status == 201, body
        return body

    return make

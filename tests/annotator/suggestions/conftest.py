"""Searches whose masks are known, on a small picture."""

from __future__ import annotations

import uuid

import numpy as np
import pytest

from annotator.suggestions import generate
from annotator.suggestions.arrange import Found
from annotator.suggestions.models import Suggestion
from export import rle
from tests.annotator.world import client_of

HEIGHT, WIDTH = 48, 64


def box_mask(x: int, y: int, width: int, height: int) -> rle.Rle:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask)


def found(x: int, y: int, width: int, height: int, iou: float = 0.9, stability: float = 0.96) -> Found:
    return Found(box_mask(x, y, width, height), iou, stability, (x + width / 2, y + height / 2), (0, 0, WIDTH, HEIGHT))


# A car with two wheels and, apart from it, a tree.
CAR, WHEEL, OTHER_WHEEL, TREE = found(2, 10, 40, 20, 0.95), found(5, 20, 8, 8, 0.9), found(30, 20, 8, 8, 0.85), found(
    50, 5, 10, 40, 0.8
)


@pytest.fixture
def masks(monkeypatch) -> list[Found]:
    """What every search finds; a test may change it."""
    result = [WHEEL, CAR, TREE, OTHER_WHEEL]

    def search(version, image, region, parameters, progress, arrived=None):
        for step in range(4):
            progress(step / 4)
        return list(result)

    monkeypatch.setattr(generate, "masks", search)
    return result


@pytest.fixture
def api(world):
    """Bob's requests: (status, body)."""

    def call(method: str, path: str, body=None, person=None):
        client = client_of(person or world.bob)
        response = getattr(client, method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def ready(world, masks):
    """The world with a model in use."""
    world.project.model_version = world.model
    world.project.save()
    return world


@pytest.fixture
def sweep(ready, api, work_off):
    """Searches the picture; gives the suggestions, best first."""

    def search(image=None, **body) -> list[Suggestion]:
        image = image or ready.image
        status, run = api("post", f"images/{image.pk}/automask/", body)
        assert status == 202, run
        (done,) = work_off()
        assert done.state == "succeeded", done.error
        return list(Suggestion.objects.filter(image=image, state="pending"))

    return search


def decision(op: str, suggestion: Suggestion, **values) -> dict:
    return {"key": str(uuid.uuid4()), "op": op, "id": str(suggestion.pk)} | values

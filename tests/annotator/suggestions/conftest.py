"""Searches whose masks are known, on a small picture."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.runs.models import Run
from annotator.suggestions.known import Found
from annotator.suggestions.models import Suggestion
from annotator.suggestions.search.services import change_settings
from export import rle
from tests.annotator.known_model import KnownModel
from tests.annotator.world import World, client_of

HEIGHT, WIDTH = 48, 64


def box_mask(x: int, y: int, width: int, height: int) -> rle.Rle:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask)


def found(x: int, y: int, width: int, height: int, iou: float = 0.9, stability: float = 0.96) -> Found:
    return Found(box_mask(x, y, width, height), iou, stability, (x + width / 2, y + height / 2), (0, 0, WIDTH, HEIGHT))


# A car with two wheels and, apart from it, a tree.
CAR, WHEEL, OTHER_WHEEL, TREE = (
    found(2, 10, 40, 20, 0.95),
    found(5, 20, 8, 8, 0.9),
    found(30, 20, 8, 8, 0.85),
    found(50, 5, 10, 40, 0.8),
)


@pytest.fixture
def model(world: World, lend: Callable[[Any], None], tmp_path: Path) -> KnownModel:
    """The model of every project: it finds a car with two wheels and a tree; a test may change that."""
    known = KnownModel(tmp_path)
    known.masks = [WHEEL, CAR, TREE, OTHER_WHEEL]
    lend(known)
    return known


@pytest.fixture
def masks(model: KnownModel) -> list[Found]:
    """What every search finds; a test may change it."""
    return model.masks


@pytest.fixture
def api(world: World) -> Callable[..., Any]:
    """Bob's requests: (status, body)."""

    def call(method: str, path: str, body: Any = None, person: Any = None) -> Any:
        client = client_of(person or world.bob)
        response = getattr(client, method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def ready(world: World, masks: list[Found]) -> World:
    """The world with a model in use, and a search that leaves out nothing for being small or at an edge."""
    world.project.model_version = world.model
    world.project.save()
    change_settings(world.project, {"predicted_iou": 0.0, "stability": 0.0, "min_region": 0, "edge_tolerance": 0.0})
    return world


@pytest.fixture
def find_all(ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]) -> Callable[..., Any]:
    """Searches the picture; gives the suggestions, best first."""

    def search(image: Any = None, **body: Any) -> list[Suggestion]:
        image = image or ready.image
        status, run = api("post", f"images/{image.pk}/automask/", body)
        assert status == 202, run
        (done,) = work_off()
        assert done.state == "succeeded", done.error
        return list(Suggestion.objects.filter(image=image, state="pending"))

    return search


def decision(op: str, suggestion: Suggestion, **values: Any) -> dict:
    return {"key": str(uuid.uuid4()), "op": op, "id": str(suggestion.pk)} | values

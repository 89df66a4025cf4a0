"""A project with known masks, a model that fills boxes, and the requests for experiments."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.runs.models import Run
from export import rle
from sam_backend.evaluation.paper import instances
from tests.annotator.evaluations.conftest import HEIGHT, WIDTH, LeftHalf, box
from tests.annotator.world import World, client_of, make_image, make_label


class Filled(LeftHalf):
    """Answers a box with the box filled, anything else with the left half of the picture; all are scored alike."""

    def predict(self, points: Any = None, labels: Any = None, box: Any = None, mask_input: Any = None) -> Any:
        answer = super().predict(points, labels, box, mask_input)
        if box is not None:
            x0, y0, x1, y1 = (round(float(side)) for side in box)
            filled = np.zeros_like(self.mask)
            filled[y0:y1, x0:x1] = True
            answer.mask = lambda index, parts=None: filled
        return answer


@pytest.fixture
def filled(lend: Callable[[Any], None]) -> Filled:
    """Every model of the tests is one that fills boxes."""
    model = Filled()
    lend(model)
    return model


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals of average precision take a while to draw."""
    monkeypatch.setattr(instances, "DRAWS", 20)


@pytest.fixture
def masks(world: World) -> SimpleNamespace:
    """Two pictures: cat.png with its left half (cat) and a triangle (dog), dog.png with its right half (no label)."""
    world.project.model_version = world.model
    world.project.save()
    other, dog = make_image(world.project, "dog.png"), make_label(world.project, "dog")
    rows = [
        (world.image, box(0, 0, 32, HEIGHT), world.label),
        (world.image, triangle(), dog),
        (other, box(32, 0, 32, HEIGHT), None),
    ]
    made = [
        annotating.create(image, world.bob, None, {"rle": mask.to_json(), "label": label and label.pk}).row
        for image, mask, label in rows
    ]
    return SimpleNamespace(rows=made, world=world, project=world.project, image=world.image, other=other, dog=dog)


def triangle() -> rle.Rle:
    """The lower left half of a square of 24 pixels; its box filled overlaps it by 0.52."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[10:34, 36:60] = np.tri(24, dtype=bool)
    return rle.encode(mask)


@pytest.fixture
def api(world: World) -> Callable[..., Any]:
    """Alice's requests: (status, body)."""

    def call(method: str, path: str, body: dict[str, Any] | None = None) -> tuple[Any, ...]:
        response = getattr(client_of(world.alice), method)(f"/api/v1/{path}", body, format="json")
        is_json = response.content and response["Content-Type"].startswith("application/json")
        return response.status_code, response.json() if is_json else response.content.decode()

    return call


@pytest.fixture
def experiment(
    masks: SimpleNamespace, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> Callable[..., Run]:
    """Starts an experiment through the API and does it; gives the finished run."""

    def run(task: str, **body: Any) -> Run:
        status, started = api("post", f"projects/{masks.project.pk}/experiments/", {"task": task} | body)
        assert status == 202, started
        *_, done = work_off()
        return done

    return run

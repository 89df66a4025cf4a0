"""A project with known masks, and a model whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.runs.models import Run
from export import rle
from sam_backend import Embedding
from sam_backend.manifest import TensorSpec
from tests.annotator.world import World, client_of, make_image, make_label

HEIGHT, WIDTH = 48, 64


def box(x: int, y: int, width: int, height: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> rle.Rle:
    mask = np.zeros(size, bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask)


class LeftHalf:
    """Answers everything with the left half of the picture."""

    def encode(self, rgb: np.ndarray) -> Embedding:
        spec = TensorSpec("embedding", (1, 1, 4, 4), "int8")
        values = np.linspace(0, 1, 16, dtype=np.float32).reshape(spec.shape) ** 2
        return Embedding({"embedding": values}, rgb.shape[:2], "0" * 64, {"embedding": spec}, input_size=64)

    def set_embedding(self, embedding: Embedding) -> None:
        self.embedding = embedding
        height, width = embedding.original_size
        self.mask = np.zeros((height, width), bool)
        self.mask[:, : width // 2] = True

    def predict(
        self,
        points: np.ndarray | None = None,
        labels: np.ndarray | None = None,
        box: np.ndarray | None = None,
        mask_input: np.ndarray | None = None,
    ) -> SimpleNamespace:
        masks = np.stack([self.mask] * 4)
        return SimpleNamespace(
            masks=masks, mask=lambda index, parts=None: masks[index], scores=np.full(4, 0.5, np.float32),
            logits=np.zeros((4, 256, 256), np.float32),
        )  # fmt: skip


@pytest.fixture
def left_half(lend: Callable[[Any], None]) -> LeftHalf:
    """Every model of the tests is one that answers with the left half."""
    model = LeftHalf()
    lend(model)
    return model


@pytest.fixture
def masks(world: World) -> SimpleNamespace:
    """Two pictures with three masks: the left half (cat), a quarter of it (cat), the right half (no label)."""
    world.project.model_version = world.model
    world.project.save()
    other = make_image(world.project, "dog.png")
    label = make_label(world.project, "dog")
    rows = [
        (world.image, box(0, 0, 32, HEIGHT), world.label),
        (world.image, box(0, 0, 16, HEIGHT // 2), world.label),
        (other, box(32, 0, 32, HEIGHT), None),
    ]
    made = [
        annotating.create(image, world.bob, None, {"rle": mask.to_json(), "label": label and label.pk}).row
        for image, mask, label in rows
    ]
    return SimpleNamespace(rows=made, world=world, other=other, label=label)


@pytest.fixture
def api(world: World) -> Callable[..., Any]:
    """Alice's requests: (status, body)."""

    def call(method: str, path: str, body: dict[str, Any] | None = None, person: None = None) -> tuple[Any, ...]:
        client = client_of(person or world.alice)
        response = getattr(client, method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def evaluate(
    masks: SimpleNamespace, left_half: LeftHalf, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> Callable[..., Any]:
    """Starts an evaluation through the API and does it; gives the finished run."""

    def run(**body: Any) -> Run:
        status, started = api("post", f"projects/{masks.world.project.pk}/evaluations/", body)
        assert status == 202, started
        (done,) = work_off()
        return done

    return run

"""A project with known masks, and a model whose answers are known."""
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from annotator.annotations import services as annotations
from annotator.evaluations import measure
from export import rle
from tests.annotator.world import client_of, make_image, make_label

HEIGHT, WIDTH = 48, 64


def box(x: int, y: int, width: int, height: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> rle.Rle:
    mask = np.zeros(size, bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask)


class LeftHalf:
    """Answers everything with the left half of the picture."""

    def __init__(self, package, threads):
        self.closed = False

    def encode(self, rgb):
        return SimpleNamespace(size=rgb.shape[:2])

    def set_embedding(self, embedding):
        self.mask = np.zeros(embedding.size, bool)
        self.mask[:, : embedding.size[1] // 2] = True

    def predict(self, points=None, labels=None, box=None, mask_input=None):
        masks = np.stack([self.mask] * 4)
        return SimpleNamespace(
            masks=masks, mask=masks.__getitem__, scores=np.full(4, 0.5, np.float32),
            logits=np.zeros((4, 256, 256), np.float32),
        )  # fmt: skip


@pytest.fixture
def left_half(monkeypatch):
    """Every model of the tests is one that answers with the left half."""
    monkeypatch.setattr(measure, "Predictor", LeftHalf)
    monkeypatch.setattr(measure, "open_package", lambda version: None)


@pytest.fixture
def masks(world):
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
        annotations.create(image, world.bob, None, {"rle": mask.to_json(), "label": label and label.pk}).row
        for image, mask, label in rows
    ]
    return SimpleNamespace(rows=made, world=world, other=other, label=label)


@pytest.fixture
def api(world):
    """Alice's requests: (status, body)."""

    def call(method: str, path: str, body=None, person=None):
        client = client_of(person or world.alice)
        response = getattr(client, method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def evaluate(masks, left_half, api, work_off):
    """Starts an evaluation through the API and does it; gives the finished run."""

    def run(**body):
        status, started = api("post", f"projects/{masks.world.project.pk}/evaluations/", body)
        assert status == 202, started
        (done,) = work_off()
        return done

    return run

"""A project that covers faces, and a detector that finds them where a test says so."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from annotator.lib import storage
from annotator.privacy import covering, services
from annotator.privacy.models import Covered
from annotator.projects.models import Image
from sam_backend.faces.detector import Face
from tests.annotator.world import World, client_of

FACE = Face(40, 20, 30, 30, 0.8)


def photo(seed: int = 0, size: tuple[int, int] = (120, 90), kind: str = "PNG") -> bytes:
    """A picture of noise: whatever of it is left anywhere is known again."""
    width, height = size
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    Picture.fromarray(pixels).save(out, kind, quality=95) if kind == "JPEG" else Picture.fromarray(pixels).save(
        out, kind
    )
    return out.getvalue()


def pixels_of(data: bytes) -> Any:
    """A picture's pixels, [h, w, 3]."""
    return np.asarray(Picture.open(io.BytesIO(data)).convert("RGB")).astype(int)


def is_covered(data: bytes, face: Face = FACE) -> bool:
    """Whether no noise is left where the face was."""
    part = pixels_of(data)[int(face.y) : int(face.y + face.height), int(face.x) : int(face.x + face.width)]
    return bool(np.abs(np.diff(part, axis=1)).mean() < 8)


def blob(sha256: str) -> bytes:
    """What lies in the storage."""
    with storage.open_blob(sha256) as found:
        return found.read()


class Detector:
    """Finds these faces on every picture; says at which thresholds it was asked."""

    def __init__(self) -> None:
        self.faces: list[Face] = [FACE]
        self.asked: list[float] = []

    def __call__(self, picture: Any, threshold: float) -> list[Face]:
        self.asked.append(threshold)
        return [face for face in self.faces if face.score >= threshold]


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Detector:
    """Stands for the network."""
    made = Detector()
    monkeypatch.setattr(covering, "find_faces", made)
    return made


@pytest.fixture
def guarded(world: World, detector: Detector) -> World:
    """The project covers faces and keeps no originals."""
    services.set_rule(world.project, world.alice, {"active": True})
    return world


@pytest.fixture
def api(world: World) -> Callable[..., Any]:
    """Alice's requests: (status, body)."""

    def call(method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        response = getattr(client_of(world.alice), method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    return call


def regions(image: Image) -> list[Covered]:
    """What is covered in it now."""
    return list(image.covered.filter(taken_back=None))

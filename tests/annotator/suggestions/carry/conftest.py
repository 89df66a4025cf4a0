"""A strip of images with a car and a tree on the first, and answers that a test can bend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.runs.models import Run
from annotator.suggestions.carry import chain
from annotator.suggestions.carry.chain import Answer
from annotator.suggestions.known import Found
from annotator.suggestions.models import Suggestion
from export import rle
from tests.annotator.suggestions.conftest import HEIGHT, WIDTH, box_mask
from tests.annotator.world import World, make_image, make_label

CAR, TREE = box_mask(2, 10, 20, 12), box_mask(40, 5, 10, 30)
NAMES = ["d.png", "e.png", "f.png", "g.png"]


def moved(mask: rle.Rle, pixels: int) -> rle.Rle:
    return rle.encode(np.roll(rle.decode(mask), pixels, axis=1))


def answer(mask: rle.Rle, confidence: float = 0.95, contested: bool = False, drifted: bool = False) -> Answer:
    found = Found(mask, 0.9, 0.97, (5.5, 12.5), (0, 0, WIDTH, HEIGHT))
    return Answer(found, confidence >= 0.82 and not (contested or drifted), confidence, 0.8, 0.99, contested, drifted)


def _square(prompt: Any) -> rle.Rle:
    if prompt["box"] is not None:
        x0, y0, x1, y1 = (round(side) for side in prompt["box"])
        return box_mask(x0, y0, x1 - x0, y1 - y0)
    x, y = (round(prompt["points"][0][axis]) for axis in ("x", "y"))
    return box_mask(max(x - 4, 0), y - 4, 8 if x else 0, 8)


class Strip:
    """Images in order; `ready` have an embedding; `bend[name]` changes the answers in an image."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.images = [world.image, *(make_image(world.project, name) for name in NAMES)]
        self.ready = {image.name for image in self.images}
        self.bend: dict[str, Any] = {}
        self.asked: list[str] = []
        self.pointed: list[Any] = []
        self.nothing = Answer(None, False, 0.1, 0.0, 0.0, contested=False, drifted=False)
        self.car = self._object(CAR, world.label)
        self.tree = self._object(TREE, make_label(world.project, "tree"))

    def _object(self, mask: rle.Rle, label: Any) -> Annotation:
        data = {"rle": mask.to_json(), "label": label.pk}
        return annotating.create(self.world.image, self.world.bob, None, data).row

    def __getitem__(self, name: str) -> Any:
        return next(image for image in self.images if image.name == name)

    def on(self, name: str) -> list[Suggestion]:
        return list(Suggestion.objects.filter(image=self[name], state="pending"))

    def embedding_of(self, image: Any, version: Any) -> Any:
        return image.name if image.name in self.ready else None

    def ask(self, version: Any, embedding: Any, prompts: Any) -> Any:
        """What is pointed at is a square around its first point, or its box; nothing at the image's left border."""
        self.pointed += prompts
        masks = [_square(prompt) for prompt in prompts]
        return [answer(mask) if rle.area(mask) else self.nothing for mask in masks]

    def follow(self, version: Any, source: Any, masks: Any, target: Any, firsts: Any) -> Any:
        """Everything moves two pixels to the right from image to image."""
        self.asked.append(target)
        answers = [answer(moved(mask, 2)) for mask in masks]
        return self.bend.get(target, lambda given: given)(answers)


@pytest.fixture
def strip(ready: World, monkeypatch: pytest.MonkeyPatch) -> Strip:
    made = Strip(ready)
    monkeypatch.setattr(chain, "embedding_of", made.embedding_of)
    monkeypatch.setattr(chain, "ask", made.ask)
    monkeypatch.setattr(chain, "follow", made.follow)
    monkeypatch.setattr(chain, "describe", lambda version, embedding, masks: [None for _ in masks])
    return made


@pytest.fixture
def carry(strip: Strip, api: Callable[..., Any], work_off: Callable[[], list[Run]]) -> Callable[..., Any]:
    """Carries objects along; gives the finished run."""

    def go(**body: Any) -> Run:
        status, run = api("post", f"images/{strip.world.image.pk}/propagate/", body)
        assert status == 202, run
        done = [run for run in work_off() if run.kind == "propagate"]
        return done[-1]

    return go

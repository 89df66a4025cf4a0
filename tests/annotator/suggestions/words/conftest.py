"""A model that knows a few words, and somebody who asks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.inference import lending
from annotator.inference.models import ModelVersion
from annotator.projects.models import Label
from annotator.runs.models import Run
from annotator.suggestions.models import Suggestion
from tests.annotator.known_words import KnownWords
from tests.annotator.world import World, make_label, make_words_model

Api = Callable[..., Any]
WorkOff = Callable[[], list[Run]]
CAT, DOG, SMALL_DOG = [6, 9, 19, 19], [35, 4, 12, 9], [38, 28, 19, 14]
"""Of a picture of 64 × 48, as x, y, width and height."""


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> KnownWords:
    known = KnownWords()
    monkeypatch.setattr(lending, "load_in_words", lambda version: known)
    return known


@pytest.fixture
def model(world: World, words: KnownWords) -> ModelVersion:
    """The project has no model for clicks, its image no embedding; one for words is installed."""
    world.project.model_version = None
    world.project.save()
    return make_words_model()


@pytest.fixture
def dog(world: World) -> Label:
    return make_label(world.project, "dog")


@pytest.fixture
def ask(world: World, model: ModelVersion, api: Api) -> Api:
    """Alice, who manages the project, asks all of it."""

    def post(*phrases: dict[str, Any], **more: Any) -> Any:
        return api("post", f"projects/{world.project.pk}/words/", {"phrases": list(phrases)} | more, world.alice)

    return post


def rows(**wanted: Any) -> list[tuple[list[int], float, Any]]:
    found = Suggestion.objects.filter(state="pending", **wanted).order_by("rank", "created")
    return [(row.bbox, row.predicted_iou, row.label) for row in found]

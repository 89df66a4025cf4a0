"""A project with a few images and masks, and a way to ask for snapshots as people do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.datasets.models import Snapshot
from annotator.projects.models import Image, Label
from annotator.runs.choices import State
from annotator.runs.models import Run
from export import rle
from tests.annotator.world import World, client_of

Freeze = Callable[..., Snapshot]


def mask_on(image: Image, by: Any, label: Label | None = None, start: int = 10, pixels: int = 6) -> Annotation:
    """Make an object of some pixels of one column."""
    runs = [start, pixels, image.width * image.height - start - pixels]
    body = {"rle": rle.from_runs((image.height, image.width), runs).to_json(), "label": label.pk if label else None}
    return annotating.create(image, by, None, body).row


@pytest.fixture
def frozen(world: World, work_off: Callable[[], list[Run]]) -> Freeze:
    """Freezes through the API and a worker."""

    def make(name: str = "v1", **body: Any) -> Snapshot:
        path = f"/api/v1/projects/{world.project.pk}/snapshots/"
        started = client_of(world.alice).post(path, {"name": name} | body, format="json")
        assert started.status_code == 202, started.json()
        (run,) = work_off()
        assert run.state == State.SUCCEEDED, run.error
        return Snapshot.objects.get(pk=run.result["snapshot"])

    return make

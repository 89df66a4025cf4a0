"""The shipped model on a real photo, from the request to suggestions."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import skimage.data
from PIL import Image

from annotator.inference.embeddings import stored_embedding
from annotator.inference.services import ensure_builtin_model
from annotator.projects.ingest import ingest_bytes
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.search import generate
from export import rle
from sam_backend.amg import preset
from tests.annotator.world import World

pytestmark = pytest.mark.any_database

# The model may become better or more modest; what matters here is that masks come through.
LENIENT = {"preset": "quick", "points_per_side": 8, "predicted_iou": 0.2, "stability": 0.5}


def test_it_finds_things_on_a_photo_of_coins(
    world: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    out = io.BytesIO()
    Image.fromarray(skimage.data.coins()).save(out, "PNG")
    image = ingest_bytes(world.project, world.alice, "coins.png", out.getvalue())
    work_off()
    assert api("post", f"images/{image.pk}/automask/", {"params": LENIENT})[0] == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    rows = list(Suggestion.objects.all())
    assert len(rows) == Search.objects.get().kept == run.result["suggestions"]
    assert len(rows) >= 5
    for row in rows:
        mask = rle.validate(row.rle, image.height, image.width)
        assert (row.area, row.bbox) == (rle.area(mask), list(rle.bbox(mask)))
        assert 0 <= row.stability_score <= 1


def test_it_finds_the_same_before_the_embedding_is_stored_and_after(
    world: World, work_off: Callable[[], list[Run]]
) -> None:
    """Somebody tries limits on a photo that the worker has not come to yet; the search comes later."""
    version = ensure_builtin_model()
    world.project.model_version = version
    world.project.save()
    out = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).resize((300, 200)).save(out, "PNG")
    image = ingest_bytes(world.project, world.alice, "astronaut.png", out.getvalue())
    search = preset("quick", points_per_side=6, predicted_iou=0.25, stability=0.4)

    def found() -> list[Any]:
        return [(one.predicted_iou, one.rle.counts) for one in generate.masks(version, image, None, search, float)]

    assert stored_embedding(image, version) is None
    before = found()
    work_off()
    assert stored_embedding(image, version) is not None
    assert before
    assert found() == before

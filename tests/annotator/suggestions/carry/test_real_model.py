"""The shipped model on a photo that the camera pans over, from the request to suggestions."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from annotator.annotations import services as annotating
from annotator.inference.services import ensure_builtin_model
from annotator.projects.ingest import ingest_bytes
from annotator.runs.models import Run
from annotator.suggestions.models import Suggestion
from export import rle
from tests.annotator.world import World

pytestmark = pytest.mark.any_database

STEP = 12
CUP = (100, 40, 490, 320)


def frame(world: Any, number: int) -> Any:
    out = io.BytesIO()
    Image.fromarray(skimage.data.coffee()[:, number * STEP : number * STEP + 560]).save(out, "PNG")
    return ingest_bytes(world.project, world.alice, f"cup {number}.png", out.getvalue())


def test_a_cup_is_followed_and_a_rocket_is_not_taken_for_it(
    world: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    first, second, third = (frame(world, number) for number in range(3))
    out = io.BytesIO()
    Image.fromarray(skimage.data.rocket()).save(out, "PNG")
    rocket = ingest_bytes(world.project, world.alice, "rocket.png", out.getvalue())
    mask = np.zeros((400, 560), bool)
    x0, y0, x1, y1 = CUP
    rows, columns = np.mgrid[:400, :560]
    mask[((columns - (x0 + x1) / 2) / (x1 - x0) * 2) ** 2 + ((rows - (y0 + y1) / 2) / (y1 - y0) * 2) ** 2 <= 1] = True
    annotating.create(first, world.bob, None, {"rle": rle.encode(mask).to_json(), "label": world.label.pk})
    work_off()

    assert api("post", f"images/{first.pk}/propagate/", {})[0] == 202
    (run,) = work_off()
    assert (run.state, run.error) == ("succeeded", "")
    found = {row.image_id: row for row in Suggestion.objects.select_related("carried")}
    assert set(found) == {second.pk, third.pk}
    for number, image in ((1, second), (2, third)):
        pixels = rle.decode(rle.validate(found[image.pk].rle, 400, 560))
        before, after = mask[:, number * STEP :], pixels[:, : 560 - number * STEP]
        assert (before & after).sum() / (before | after).sum() > 0.7
        assert 0.5 <= found[image.pk].stability_score <= 1
    assert [look["name"] for look in run.result["needs_a_look"]] == [rocket.name]

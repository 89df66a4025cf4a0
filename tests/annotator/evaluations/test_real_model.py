"""The shipped model, from a photo with a mask to its scores."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import skimage.data
from PIL import Image

from annotator.annotations import services as annotating
from annotator.evaluations.models import Evaluation
from annotator.inference.services import ensure_builtin_model
from annotator.projects.ingest import ingest_bytes
from annotator.runs.models import Run
from tests.annotator.evaluations.conftest import box
from tests.annotator.world import World

pytestmark = pytest.mark.any_database


def test_it_is_measured_on_a_photo_of_coffee(
    world: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    out = io.BytesIO()
    Image.fromarray(skimage.data.coffee()).save(out, "PNG")
    image = ingest_bytes(world.project, world.alice, "coffee.png", out.getvalue())
    work_off()
    cup = box(75, 15, 405, 370, (image.height, image.width))
    annotating.create(image, world.bob, None, {"rle": cup.to_json()})
    assert api("post", f"projects/{world.project.pk}/evaluations/", {"clicks": 5})[0] == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    overall = Evaluation.objects.get().summary["overall"]
    assert overall["miou_1_oracle"] >= overall["miou_1_top"]
    assert overall["miou_box"] > 0.5

"""A run opens each blob it needs once: storage may be a bucket on the other side of the world."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import skimage.data
from PIL import Image as Picture

from annotator.annotations import services as objects
from annotator.inference.services import ensure_builtin_model
from annotator.lib import storage
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image
from annotator.runs.models import Run
from export import rle
from tests.annotator.evaluations.conftest import box
from tests.annotator.world import World

pytestmark = pytest.mark.any_database

WorkOff = Callable[[], list[Run]]


@pytest.fixture
def photos(world: World, work_off: WorkOff) -> list[Image]:
    """Two encoded photos of coins, an object on the first."""
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    coins = Picture.fromarray(skimage.data.coins()).resize((192, 151))
    made = []
    for name, angle in (("a.png", 0), ("b.png", 1)):
        out = io.BytesIO()
        coins.rotate(angle).save(out, "PNG")
        made.append(ingest_bytes(world.project, world.alice, name, out.getvalue()))
    work_off()
    mask = box(20, 10, 40, 40, (made[0].height, made[0].width))
    assert rle.area(mask) == 1600
    objects.create(made[0], world.bob, None, {"rle": mask.to_json(), "label": world.label.pk})
    world.image.delete()  # its embedding was never made
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each blob was opened for reading."""
    seen: Counter[str] = Counter()
    kind = type(storage.blobs())
    real = kind.open

    def count(self: Any, name: str, mode: str = "rb") -> Any:
        seen[name.rsplit("/", 1)[-1]] += 1
        return real(self, name, mode)

    monkeypatch.setattr(kind, "open", count)
    return seen


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("images/{image}/automask/", {"params": {"preset": "quick", "points_per_side": 4}}),
        ("images/{image}/automask/", {"region": [0, 0, 64, 64], "params": {"preset": "quick", "points_per_side": 4}}),
        ("images/{image}/automask/preview/", {"params": {"points_per_side": 4}}),
        ("images/{image}/embed/", {"region": [0, 0, 64, 64]}),
        ("images/{image}/propagate/", {}),
        ("projects/{project}/evaluations/", {"clicks": 5}),
        ("projects/{project}/exports/", {"format": "coco", "include_images": True}),
        ("projects/{project}/exports/", {"format": "voc", "include_images": True}),
    ],
)
def test_a_run_opens_each_blob_once(
    world: World, photos: list[Image], opened: Counter[str], work_off: WorkOff, path: str, body: dict[str, Any]
) -> None:
    address = path.format(image=photos[0].pk, project=world.project.pk)
    answer = world.as_alice.post(f"/api/v1/{address}", body, format="json")
    assert answer.status_code == 202, answer.json()
    opened.clear()
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    assert opened, "nothing was read"
    assert {sha: times for sha, times in opened.items() if times > 1} == {}

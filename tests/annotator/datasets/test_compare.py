"""What became of one snapshot in another."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from annotator.annotations import services as annotating
from annotator.datasets import compare
from annotator.datasets.models import Comparison, Placed, Snapshot
from annotator.projects import bins
from annotator.runs.choices import State
from annotator.runs.models import Run
from tests.annotator.datasets.conftest import Freeze, mask_on
from tests.annotator.world import World, make_image, make_label

Compare = Callable[[Snapshot, Snapshot], Comparison]


@pytest.fixture
def compared(world: World, work_off: Callable[[], list[Run]]) -> Compare:
    """Compares through the API and a worker."""

    def run(before: Snapshot, after: Snapshot) -> Comparison:
        body = {"before": str(before.pk), "after": str(after.pk)}
        path = f"/api/v1/projects/{world.project.pk}/comparisons/"
        assert world.as_alice.post(path, body, format="json").status_code == 202
        (done,) = work_off()
        assert done.state == State.SUCCEEDED, done.error
        return Comparison.objects.get(pk=done.result["comparison"])

    return run


@pytest.fixture
def two(world: World, frozen: Freeze) -> tuple[Snapshot, Snapshot]:
    """One object stays, one goes, one moves, one gets another label, one comes; an image comes, one goes."""
    dog = make_label(world.project, "dog")
    gone_image = make_image(world.project, "gone.png")
    mask_on(gone_image, world.bob, dog)
    _, gone, moved, named = (mask_on(world.image, world.bob, world.label, start) for start in (10, 60, 110, 160))
    before = frozen("v1")
    annotating.delete(world.image, world.bob, gone.pk, gone.revision)
    other = mask_on(world.image, world.bob, dog, 300)
    annotating.update(world.image, world.bob, moved.pk, moved.revision, {"rle": other.rle})
    annotating.update(world.image, world.bob, named.pk, named.revision, {"label": dog.pk})
    bins.put(gone_image)
    make_image(world.project, "new.png")
    return before, frozen("v2", split={"shares": {"train": 100, "val": 0, "test": 0}})


def test_it_counts_what_came_went_and_changed(two: tuple[Snapshot, Snapshot], compared: Compare) -> None:
    report = compared(*two).report
    assert report["objects"] == {"before": 5, "after": 4, "same": 1, "added": 1, "removed": 2, "changed": 2}
    assert report["images"] == {"before": 2, "after": 2, "added": 1, "removed": 1, "moved_part": 1}
    labels = {row["name"]: (row["added"], row["removed"], row["changed"]) for row in report["labels"]}
    assert labels == {"cat": (0, 1, 1), "dog": (1, 1, 1)}


def test_it_shows_the_images_with_pictures(world: World, two: tuple[Snapshot, Snapshot], compared: Compare) -> None:
    row = compared(*two)
    shown = world.as_bob.get(f"/api/v1/comparisons/{row.pk}/images/").json()["results"]
    assert [(one["path"], one["kind"], one["added"], one["removed"], one["changed"]) for one in shown] == [
        ("cat.png", "kept", 1, 1, 2), ("new.png", "added", 0, 0, 0), ("gone.png", "removed", 0, 1, 0),
    ]  # fmt: skip
    assert shown[0]["thumb"]
    assert shown[1]["picture"] == ""
    client = world.as_bob
    client.force_login(world.bob)
    answer = client.get(shown[0]["picture"])
    drawn = np.asarray(Picture.open(io.BytesIO(answer.content)))
    # Column-major: pixel 60 of a 48 high image is in column 1, row 12; pixel 300 in column 6, row 12.
    assert drawn[14, 1, :3].tolist() == [0xE5, 0x48, 0x4D]
    assert drawn[14, 6, :3].tolist() == [0x1F, 0xB8, 0x66]
    assert drawn[14, 0, 3] == 0
    aspects = [one["aspects"] for one in row.differences.first().objects_of if one["what"] == "changed"]
    assert sorted(aspects) == [["label"], ["mask"]]
    page = client.get(f"/projects/{world.project.pk}/snapshots/compared/{row.pk}/").content.decode()
    assert "v1 → v2" in page


def test_nothing_differs_where_nothing_changed_but_the_parts(world: World, frozen: Freeze, compared: Compare) -> None:
    mask_on(world.image, world.bob)
    before = frozen("v1")
    Placed.objects.create(image=world.image, part="val")
    row = compared(before, frozen("v2", split={}))
    assert row.report["images"]["moved_part"] == 1
    assert row.report["objects"]["same"] == 1
    assert not row.differences.exists()


def test_masks_are_kept_up_to_a_limit_and_counts_whole(
    two: tuple[Snapshot, Snapshot], compared: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "MOST_OBJECTS", 1)
    monkeypatch.setattr(compare, "PICTURED", 2)
    rows = list(compared(*two).differences.order_by("place"))
    assert [len(row.objects_of) for row in rows] == [1, 0, 0]
    assert (rows[0].added, rows[0].removed, rows[0].changed) == (1, 1, 2)


def test_asked_again_it_is_the_same_and_one_with_itself_is_none(
    world: World, two: tuple[Snapshot, Snapshot], compared: Compare
) -> None:
    assert compared(*two).pk == compared(*two).pk
    path = f"/api/v1/projects/{world.project.pk}/comparisons/"
    same: dict[str, Any] = {"before": str(two[0].pk), "after": str(two[0].pk)}
    assert world.as_alice.post(path, same, format="json").status_code == 400
    other = same | {"after": str(world.project.pk)}
    assert world.as_alice.post(path, other, format="json").status_code == 400

"""What the data set looks like in numbers, and the images that each number means."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.datasets import measuring
from annotator.datasets.measuring import take_shapes
from annotator.datasets.models import Fingerprint, Shape
from annotator.lib import storage
from annotator.projects.models import Image
from annotator.runs.choices import State
from annotator.runs.models import Run
from export import rle
from tests.annotator.datasets.conftest import mask_on
from tests.annotator.world import World, make_image, make_label, picture


def square(image: Image, side: int, x: int, y: int) -> dict[str, Any]:
    mask = np.zeros((image.height, image.width), bool)
    mask[y : y + side, x : x + side] = True
    return {"rle": rle.encode(mask).to_json()}


@pytest.fixture
def measured(world: World, work_off: Callable[[], list[Run]]) -> Callable[[], dict[str, Any]]:
    """Counts through the API and a worker; gives the report."""

    def measure() -> dict[str, Any]:
        path = f"/api/v1/projects/{world.project.pk}/figures/"
        assert world.as_bob.post(path, format="json").status_code == 202
        (run,) = work_off()
        assert run.state == State.SUCCEEDED, run.error
        report: dict[str, Any] = world.as_bob.get(path).json()["report"]
        return report

    return measure


@pytest.fixture
def filled(world: World) -> World:
    """Three images: eleven masks, one of them hollow, two labels on one; one mask; none."""
    dog = make_label(world.project, "dog")
    for at in range(9):
        mask_on(world.image, world.bob, world.label, 48 * at, 6)
    hollow = np.zeros((48, 64), bool)
    hollow[20:30, 30:40] = True
    hollow[22:28, 32:38] = False
    annotating.create(world.image, world.bob, None, {"rle": rle.encode(hollow).to_json(), "label": dog.pk})
    mask_on(world.image, world.bob, None, 500)
    other = make_image(world.project, "other.png")
    annotating.create(other, world.bob, None, square(other, 32, 0, 0) | {"label": dog.pk})
    make_image(world.project, "empty.png")
    return world


def names(world: World, only: str) -> list[str]:
    path = f"/api/v1/projects/{world.project.pk}/images/"
    return sorted(row["name"] for row in world.as_bob.get(path, {"only": only}).json()["results"])


def test_it_counts_and_each_class_opens_its_images(filled: World, measured: Callable[[], dict[str, Any]]) -> None:
    report = measured()
    assert [(one["from"], one["until"], one["count"]) for one in report["images"]["per_image"][:4]] == [
        (0, 1, 1), (1, 10, 1), (10, 50, 1), (50, 100, 0),
    ]  # fmt: skip
    assert (report["images"]["count"], report["images"]["empty"], report["objects"]) == (
        3, 1, {"count": 12, "unlabelled": 1},
    )  # fmt: skip
    assert names(filled, "masks:0-1") == ["empty.png"]
    assert names(filled, "masks:1-10") == ["other.png"]
    assert names(filled, "masks:10-50") == ["cat.png"]
    assert names(filled, "masks:500-") == []
    # 32 × 32 of 64 × 48: the root of a third.
    (size,) = [one for one in report["sizes"] if one["from"] <= (1 / 3) ** 0.5 < (one["until"] or 2)]
    assert size["count"] == 1
    assert names(filled, f"size:{size['from']}-{size['until']}") == ["other.png"]
    (concave,) = [one for one in report["concavities"] if one["from"] > 0 and one["count"]]
    assert concave == {"from": 0.35, "until": 0.4, "count": 1}
    assert names(filled, "concavity:0.35-0.4") == ["cat.png"]
    assert report["coco_sizes"] == {"small": 11, "medium": 1, "large": 0}


def test_labels_and_pairs_open_their_images(filled: World, measured: Callable[[], dict[str, Any]]) -> None:
    report = measured()
    assert [(one["name"], one["objects"], one["images"]) for one in report["labels"]] == [
        ("cat", 9, 1), ("dog", 2, 2), ("", 1, 1),
    ]  # fmt: skip
    (pair,) = report["pairs"]
    assert (pair["names"], pair["images"]) == (["cat", "dog"], 1)
    assert names(filled, "labels:" + "+".join(pair["labels"])) == ["cat.png"]
    assert names(filled, f"labels:{pair['labels'][1]}") == ["cat.png", "other.png"]
    assert names(filled, "labels:") == ["cat.png"]


def test_the_map_counts_middles_and_opens_its_cells(filled: World, measured: Callable[[], dict[str, Any]]) -> None:
    cells = measured()["centres"]
    assert sum(map(sum, cells)) == 12
    # The square's middle is (16, 16) of 64 × 48: column 4, row 5 of 16 (from 0).
    assert cells[5][4] == 1
    assert names(filled, "centre:4,5") == ["other.png"]
    assert names(filled, "centre:15,15") == []


def test_near_duplicates_are_grouped(filled: World, measured: Callable[[], dict[str, Any]]) -> None:
    different = storage.put_bytes(picture((8, 6), seed=1, mode="L"))
    Image.objects.filter(name="empty.png").update(thumb_sha256=different)
    report = measured()["duplicates"]
    assert report["images"] in (2, 3)
    together = names(filled, "duplicates:")
    assert {"cat.png", "other.png"} <= set(together)
    assert names(filled, f"duplicates:{report['largest'][0]['cluster']}") == together
    Fingerprint.objects.filter(image__name="other.png").update(bits=0x5555)
    Fingerprint.objects.filter(image__name="empty.png").update(bits=0x7777000000000000)
    assert measured()["duplicates"] == {"groups": 0, "images": 0, "largest": []}
    assert names(filled, "duplicates:") == []


def test_outliers_are_told_by_their_label(world: World, measured: Callable[[], dict[str, Any]]) -> None:
    far = make_image(world.project, "far.png")
    for at in range(24):
        body = square(world.image, 3 + at % 3, at, 5) | {"label": world.label.pk}
        annotating.create(world.image, world.bob, None, body)
    annotating.create(far, world.bob, None, square(far, 40, 0, 0) | {"label": world.label.pk})
    (one,) = measured()["outliers"]
    assert (one["label"], one["image"]) == ("cat", str(far.pk))
    assert one["deviations"] > 4
    assert names(world, "outliers:") == ["far.png"]


def test_only_what_changed_is_measured_again(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_CHUNK", 5)
    assert take_shapes(filled.project) == 12
    assert take_shapes(filled.project) == 0
    row = filled.image.annotations.first()
    annotating.update(filled.image, filled.bob, row.pk, row.revision, square(filled.image, 4, 1, 1))
    assert take_shapes(filled.project) == 1
    assert Shape.objects.get(annotation=row.pk).revision == 2


@pytest.mark.parametrize(
    "only", ["masks:", "masks:x-2", "size:1", "size:nan-", "centre:1", "centre:99,0", "labels:x", "duplicates:x",
             "outliers:1", "part:x", "masks", ":", "concavity:-1-2"]
)  # fmt: skip
def test_a_filter_that_means_nothing_finds_nothing(filled: World, only: str) -> None:
    assert names(filled, only) == []


def test_as_a_table_and_as_a_page(filled: World, measured: Callable[[], dict[str, Any]]) -> None:
    path = f"/api/v1/projects/{filled.project.pk}/figures/"
    client = filled.as_bob
    client.force_login(filled.bob)
    address = f"/projects/{filled.project.pk}/figures/"
    assert client.get(path).json()["created"] is None
    assert client.get(f"{path}csv/").content.decode().splitlines() == ["table,name,from,until,count"]
    assert "Not counted yet" in client.get(address).content.decode()
    measured()
    rows = list(csv.reader(io.StringIO(client.get(f"{path}csv/").content.decode())))
    assert rows[0] == ["table", "name", "from", "until", "count"]
    assert ["masks by label", "dog", "", "", "2"] in rows
    page = client.get(address).content.decode()
    assert "?only=masks%3A10-50" in page
    assert [one["name"] for one in client.get(path).json()["published"]] == ["SA-1B", "COCO"]
    assert "about 100 masks per image" in page


def test_who_sees_only_their_own_images_sees_no_numbers(filled: World, measured: Callable[[], dict[str, Any]]) -> None:
    measured()
    filled.project.annotators_see = "own"
    filled.project.save()
    assert filled.as_bob.get(f"/api/v1/projects/{filled.project.pk}/figures/").json()["report"] == {}


def test_a_project_without_images_has_numbers_too(world: World, measured: Callable[[], dict[str, Any]]) -> None:
    world.project.images.all().delete()
    assert measured()["images"]["mean"] is None

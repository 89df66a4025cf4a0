"""Train, validation and test: stable, and never two of them in one group."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.datasets.groups import Groups, groups_of
from annotator.datasets.models import Fingerprint, Placed, Snapshot
from annotator.datasets.parts import Split, divide
from annotator.datasets.selection import Selection
from annotator.projects.models import Image
from tests.annotator.datasets.conftest import Freeze, mask_on
from tests.annotator.world import World, make_image

SHARES = {"train": 80, "val": 10, "test": 10}


def rows(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Images as the freezing reads them."""
    made = (uuid.UUID(int=seed * 10**6 + at) for at in range(count))
    return [{"id": pk, "name": f"{pk}", "sha256": f"{pk.int:064x}", "folder": "", "notes": []} for pk in made]


def test_a_hash_fills_the_shares_and_stays_when_images_come() -> None:
    images, split = rows(4000), Split(SHARES)
    parts = divide(images, Groups(images), split, {}).parts
    counts = Counter(parts.values())
    assert abs(counts["train"] - 3200) < 120
    assert abs(counts["val"] - 400) < 80
    fewer = divide(images[:1000], Groups(images[:1000]), split, {}).parts
    assert all(parts[pk] == part for pk, part in fewer.items())


def test_a_seed_gives_another_division_and_a_larger_share_keeps_what_it_had() -> None:
    images = rows(500)
    first = divide(images, Groups(images), Split(SHARES), {}).parts
    assert divide(images, Groups(images), Split(SHARES, seed="2"), {}).parts != first
    larger = divide(images, Groups(images), Split({"train": 90, "val": 5, "test": 5}), {}).parts
    assert all(larger[pk] == "train" for pk, part in first.items() if part == "train")


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40))
def test_no_group_is_ever_in_two_parts(pairs: list[tuple[int, int]]) -> None:
    images = rows(30)
    groups = Groups(images)
    for one, other in pairs:
        groups.alike(images[one]["id"], images[other]["id"])
    parts = divide(images, groups, Split({"train": 40, "val": 30, "test": 30}), {}).parts
    assert all(parts[images[one]["id"]] == parts[images[other]["id"]] for one, other in pairs)


def test_hands_come_before_the_hash_and_take_their_group_along() -> None:
    images = rows(6)
    groups = Groups(images)
    for image in images[:3]:
        groups.same(image["id"], "video:a")
    placed = {images[1]["id"]: "test", images[4]["id"]: "val"}
    division = divide(images, groups, Split(), placed)
    assert [division.parts[image["id"]] for image in images] == ["test", "test", "test", "", "val", ""]
    assert (division.by_hand, division.largest, division.torn) == (2, 3, [])
    torn = divide(images, groups, Split(), placed | {images[0]["id"]: "train"})
    assert [torn.parts[image["id"]] for image in images[:3]] == ["train", "test", "train"]
    assert torn.torn == [[image["name"] for image in images[:3]]]


def test_videos_folders_attributes_and_likeness_make_groups(world: World) -> None:
    world.project.images.all().delete()
    made = [make_image(world.project, f"{name}.png") for name in "abcdef"]
    for image, note in zip(made[:2], ("From second 0.000 of “x.mp4”.", "From second 1.500 of “x.mp4”."), strict=True):
        Image.objects.filter(pk=image.pk).update(notes=[note])
    Image.objects.filter(pk__in=[made[2].pk, made[3].pk]).update(folder="left")
    for image in (made[1], made[4]):
        row = mask_on(image, world.bob)
        row.attributes = {"plant": "A7"}
        row.save()
    bits = {image.pk: 2**at * 0x0101010101 for at, image in enumerate(made)}
    bits[made[5].pk] = bits[made[0].pk] ^ 3
    Fingerprint.objects.bulk_create([Fingerprint(image_id=pk, bits=value) for pk, value in bits.items()])

    def joined(*kinds: str) -> list[list[int]]:
        images = list(world.project.images.order_by("name").values("id", "name", "sha256", "folder", "notes"))
        members = groups_of(world.project, images, Selection(), kinds).members().values()
        return [places for places in members if len(places) > 1]

    assert joined("video") == [[0, 1]]
    assert joined("folder") == [[2, 3]]
    assert joined("attribute:plant") == [[1, 4]]
    assert joined("duplicates") == [[0, 5]]
    assert joined("video", "attribute:plant", "duplicates") == [[0, 1, 4, 5]]
    assert joined("attribute:other") == []


def test_a_snapshot_says_how_balanced_it_is(world: World, frozen: Freeze, tmp_path: Any) -> None:
    images = [world.image, *(make_image(world.project, f"{at}.png") for at in range(7))]
    for image in images:
        mask_on(image, world.bob, world.label)
    for image, part in ((images[0], "test"), (images[1], "val")):
        Placed.objects.create(image=image, part=part)
    snapshot = frozen(split={"shares": {"train": 100, "val": 0, "test": 0}})
    parts = {part["part"]: part for part in snapshot.report["parts"]}
    assert [(name, parts[name]["images"], parts[name]["objects"]) for name in parts] == [
        ("train", 6, 6), ("val", 1, 1), ("test", 1, 1),
    ]  # fmt: skip
    assert (parts["train"]["share"], parts["train"]["wanted"], parts["val"]["wanted"]) == (0.75, 1.0, 0.0)
    assert snapshot.report["groups"] == {
        "count": 8, "largest": 1, "torn": 0, "torn_examples": [], "by_hand": 2,
    }  # fmt: skip
    assert snapshot.report["labels"][0]["parts"] == {"train": 6, "val": 1, "test": 1}
    assert snapshot.report["missing"] == []


def test_near_duplicates_are_found_before_they_are_kept_together(world: World, frozen: Freeze) -> None:
    world.project.images.all().delete()
    for name in ("a.png", "b.png"):
        make_image(world.project, name)  # with one thumbnail
    snapshot = frozen(split={"shares": {"train": 50, "val": 25, "test": 25}, "groups": ["duplicates"]})
    assert snapshot.report["groups"]["largest"] == 2
    assert Fingerprint.objects.count() == 2


def test_images_are_put_into_parts_by_name_and_by_id_and_taken_out_again(world: World) -> None:
    make_image(world.project, "dog.png")
    path = f"/api/v1/projects/{world.project.pk}/parts/"
    client = world.as_alice
    none = {"train": 0, "val": 0, "test": 0}
    assert client.get(path).json() == none
    by_name = client.post(path, {"part": "test", "search": "CAT"}, format="json").json()
    assert by_name == none | {"test": 1, "placed": 1}
    moved = client.post(path, {"part": "val", "images": [str(world.image.pk)]}, format="json").json()
    assert moved == none | {"val": 1, "placed": 1}
    shown = client.get(f"/api/v1/projects/{world.project.pk}/images/?only=part:val").json()["results"]
    assert [row["name"] for row in shown] == ["cat.png"]
    assert client.post(path, {"part": "", "search": ""}, format="json").status_code == 400
    assert client.post(path, {"part": "", "search": "png"}, format="json").json() == none | {"placed": 2}
    assert client.get(f"/api/v1/projects/{world.project.pk}/images/?only=part:val").json()["results"] == []
    assert client.get(f"/api/v1/projects/{world.project.pk}/images/?only=nonsense").json()["results"] == []


@pytest.mark.parametrize(
    "split",
    [
        {"shares": {"train": 50}}, {"shares": {"train": 90, "val": 20, "test": -10}}, {"groups": ["colour"]},
        {"shares": {"all": 100}}, {"groups": ["attribute:"]}, {"seed": 1.5, "x": 1},
    ],
)  # fmt: skip
def test_a_division_that_makes_no_sense_is_refused(world: World, split: dict[str, Any]) -> None:
    path = f"/api/v1/projects/{world.project.pk}/snapshots/"
    assert world.as_alice.post(path, {"name": "v1", "split": split}, format="json").status_code == 400
    assert not Snapshot.objects.exists()


def test_the_pages_show_parts_and_narrow_images(world: World, frozen: Freeze) -> None:
    Placed.objects.create(image=world.image, part="test")
    frozen("v1", split={"shares": SHARES})
    client = world.as_alice
    client.force_login(world.alice)
    page = client.get(f"/projects/{world.project.pk}/snapshots/").content.decode()
    assert "Test 1 image" in page
    assert "v1" in page
    narrowed = client.get(f"/projects/{world.project.pk}/?only=part:test").content.decode()
    assert "Images put into test by hand" in narrowed
    assert np.all([word in narrowed for word in ("cat.png", "Show all images")])
    assert "that nothing on this page describes" in client.get(f"/projects/{world.project.pk}/?only=x").content.decode()

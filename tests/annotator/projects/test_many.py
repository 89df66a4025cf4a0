"""What is done to many images at once: mark, tag, delete, and bring back."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.journal.models import Entry
from annotator.projects.models import Image, ImageTag, Tag
from tests.annotator.world import World, make_image, make_project

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def three(world: World) -> list[str]:
    """Ids of three images of the project."""
    return [str(world.image.pk), *(str(make_image(world.project, f"{name}.png").pk) for name in "ab")]


def send(world: World, what: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/images/{what}/", body)
    assert answer.status_code == status, answer.json()
    return answer.json()


def tags_of(world: World, pk: str) -> list[str]:
    tags: list[str] = world.as_alice.get(f"/api/v1/images/{pk}/").json()["tags"]
    return tags


def test_marking_says_what_was_before_so_that_it_can_be_undone(world: World, three: list[str]) -> None:
    Image.objects.filter(pk=three[1]).update(state="done")
    Image.objects.filter(pk=three[2]).update(state="in_progress")
    changed = send(world, "mark", {"images": [*three, NOWHERE], "state": "done"})["changed"]
    assert {row["id"]: row["before"] for row in changed} == {three[0]: "new", three[2]: "in_progress"}
    assert {row["state"] for row in changed} == {"done"}
    assert set(Image.objects.values_list("state", flat=True)) == {"done"}


def test_tags_are_made_by_using_them_and_come_off(world: World, three: list[str]) -> None:
    first = send(world, "tag", {"images": three[:2], "add": ["Blurred", "dark"]})
    assert sorted(first["added"]) == sorted(three[:2])
    # The same word in other letters is the same tag; who has it does not get it twice.
    second = send(world, "tag", {"images": three, "add": ["blurred"], "remove": ["DARK", "never used"]})
    assert second["added"] == [three[2]]
    assert sorted(second["removed"]) == sorted(three[:2])
    assert [tags_of(world, pk) for pk in three] == [["Blurred"]] * 3
    rows = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/tags/").json()["results"]
    assert {row["name"]: row["images"] for row in rows} == {"Blurred": 3, "dark": 0}


def test_a_tag_is_renamed_and_deleted_everywhere(world: World, three: list[str]) -> None:
    send(world, "tag", {"images": three, "add": ["blurred", "dark"]})
    blurred, dark = Tag.objects.order_by("name")
    taken = world.as_alice.patch(f"/api/v1/tags/{dark.pk}/", {"name": "BLURRED"})
    assert (taken.status_code, taken.json()["code"]) == (409, "tag_exists")
    assert world.as_alice.patch(f"/api/v1/tags/{dark.pk}/", {"name": "night"}).status_code == 204
    assert world.as_alice.delete(f"/api/v1/tags/{blurred.pk}/").status_code == 204
    assert tags_of(world, three[0]) == ["night"]


def test_a_project_has_500_tags_at_most(world: World) -> None:
    Tag.objects.bulk_create(Tag(project=world.project, name=f"t{at}") for at in range(499))
    body = {"images": [str(world.image.pk)], "add": ["one", "two"]}
    assert "500 tags" in send(world, "tag", body, 400)["fields"]["add"][0]
    assert not ImageTag.objects.exists()
    send(world, "tag", {**body, "add": ["one", "T3"]})


def test_images_of_another_project_are_left_alone(world: World) -> None:
    other = make_image(make_project(world.charlie, "Dogs"), "dog.png")
    these = {"images": [str(other.pk)]}
    assert send(world, "mark", {**these, "state": "done"}) == {"changed": []}
    assert send(world, "tag", {**these, "add": ["mine"]}) == {"added": [], "removed": []}
    assert send(world, "delete", these) == {"changed": []}
    other.refresh_from_db()
    assert (other.state, other.deleted_at) == ("new", None)
    assert not Tag.objects.exists()


def test_deleted_at_once_and_brought_back_at_once(world: World, three: list[str]) -> None:
    assert sorted(send(world, "delete", {"images": [*three, NOWHERE]})["changed"]) == sorted(three)
    assert send(world, "delete", {"images": three}) == {"changed": []}
    assert not Image.objects.exists()
    # One of them was added again meanwhile: it stays in the bin, the others come back.
    again = Image.with_bin.get(pk=three[0])
    again.pk = None
    again.deleted_at = None
    again._state.adding = True
    again.save()
    assert sorted(send(world, "restore", {"images": three})["changed"]) == sorted(three[1:])
    told = [(entry.kind, entry.about["count"]) for entry in Entry.objects.order_by("created")]
    assert told == [("images.deleted", 3), ("images.restored", 2)]
    log = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/log/").json()["results"]
    assert {row["text"] for row in log} == {
        "3 images put into the bin at once.", "2 images taken out of the bin at once.",
    }  # fmt: skip


def test_of_two_equal_images_in_the_bin_one_comes_back(world: World, three: list[str]) -> None:
    twin = Image.objects.get(pk=three[0])
    Image.objects.filter(pk=three[0]).update(deleted_at="2026-01-01T00:00Z")
    twin.pk, twin._state.adding = None, True
    twin.save()
    send(world, "delete", {"images": [str(twin.pk)]})
    assert len(send(world, "restore", {"images": [three[0], str(twin.pk)]})["changed"]) == 1


def test_more_than_500_at_once_are_refused_with_a_sentence(world: World) -> None:
    body = {"images": [str(world.image.pk)] * 501}
    assert "images" in send(world, "delete", body, 400)["fields"]

"""Gold: hidden among the others, told by nothing, scored; and nothing is stuck."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.agreement.gold import mark, set_rule, unknown_to
from annotator.agreement.models import Scored
from annotator.annotations import services
from annotator.jobs.handout import give_back, next_job
from annotator.jobs.models import CopyGiven, Job, JobImage
from annotator.jobs.services import change
from annotator.jobs.split import Wanted, split
from annotator.lib import shares
from annotator.lib.shares import share_of, wilson
from annotator.projects.models import Image
from annotator.projects.services import set_state
from tests.annotator.agreement.conftest import Box, square
from tests.annotator.world import World, client_of, make_image, make_label, make_member, make_user

CAT, AWAY, THERE = (4, 4, 20, 20), (40, 20, 10, 10), (40, 4, 10, 10)


@pytest.fixture
def golden(world: World) -> Image:
    """An image of Alice's with a cat and a dog on it, done and gold; four others are to be done."""
    draw(world.image, world.alice, (CAT, world.label.pk), (AWAY, make_label(world.project, "dog").pk))
    set_state(world.image, "done", world.alice)
    for number in range(4):
        make_image(world.project, f"z{number}.png")
    changed, left = mark(world.project, world.alice, [world.image.pk], gold=True)
    assert (changed, left) == ([world.image.pk], [])
    return world.image


def draw(image: Image, person: User, *boxes: tuple[Box, Any]) -> None:
    for box, label in boxes:
        services.create(image, person, None, {"rle": square(image, box), "label": label})


def hidden_for(person: User) -> Image:
    return Image.workable.get(given__person=person, given__gold=True)


def ask(world: World, client: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = (client or world.as_alice).get(f"/api/v1/projects/{world.project.pk}/gold/").json()
    return found


@pytest.fixture
def bobs(world: World, golden: Image) -> Image:
    """Bob has a job of the four others, and the gold among them."""
    set_rule(world.project, world.alice, 10)
    split(world.project, world.alice, Wanted(jobs=1, assignees=[world.bob.pk]))
    return hidden_for(world.bob)


def test_gold_comes_with_the_job_and_looks_like_the_others(world: World, golden: Image, bobs: Image) -> None:
    client = client_of(world.bob)
    rows = client.get(f"/api/v1/projects/{world.project.pk}/images/").json()["results"]
    assert [row["name"] for row in rows] == ["cat.png", "z0.png", "z1.png", "z2.png", "z3.png"]
    assert rows[0]["id"] == str(bobs.pk)
    assert {row["state"] for row in rows} == {"new"}
    assert len({frozenset(row) for row in rows}) == 1, "the same fields"
    assert client.get(f"/api/v1/images/{golden.pk}/").status_code == 404
    assert client.get(f"/api/v1/images/{golden.pk}/annotations/").status_code == 404
    assert "gold" not in str(client.get(f"/api/v1/images/{bobs.pk}/").json())
    job = Job.objects.get()
    assert client.get(f"/api/v1/jobs/{job.pk}/images/").json()["count"] == 5
    assert client.get(f"/api/v1/projects/{world.project.pk}/gold/").status_code == 403


def test_who_annotates_and_has_no_copy_does_not_see_gold_at_all(world: World, golden: Image) -> None:
    client = client_of(world.bob)
    assert golden.name not in str(client.get(f"/api/v1/projects/{world.project.pk}/images/").json())
    assert client.get(f"/api/v1/projects/{world.project.pk}/").json()["counts"]["annotations"] == 0
    assert golden.name in str(world.as_dana.get(f"/api/v1/projects/{world.project.pk}/images/").json())
    only = world.as_dana.get(f"/api/v1/projects/{world.project.pk}/images/?only=gold:yes").json()["results"]
    assert [row["id"] for row in only] == [str(golden.pk)]


def test_who_made_it_is_not_scored_by_it(world: World, golden: Image) -> None:
    set_rule(world.project, world.alice, 1)
    split(world.project, world.alice, Wanted(jobs=1, assignees=[world.alice.pk]))
    assert not CopyGiven.objects.exists()
    assert not unknown_to(world.alice.pk, world.project).exists()


def test_from_the_pool_each_gets_their_own_copy_and_nobody_the_same_twice(world: World, golden: Image) -> None:
    set_rule(world.project, world.alice, 2)
    split(world.project, world.alice, Wanted(jobs=4))
    first = next_job(world.project, world.bob)
    assert JobImage.objects.filter(job=first).count() == 2
    Image.workable.filter(in_job__job=first).update(state="done")
    second = next_job(world.project, world.bob)
    assert JobImage.objects.filter(job=second).count() == 1, "there is no other gold that Bob does not know"
    third = next_job(world.project, world.dana)
    assert JobImage.objects.filter(job=third).count() == 2


def test_it_is_added_at_any_time_to_what_people_have_and_only_once(world: World, golden: Image) -> None:
    split(world.project, world.alice, Wanted(jobs=1, assignees=[world.bob.pk]))
    answer = world.as_alice.patch(f"/api/v1/projects/{world.project.pk}/gold/", {"every": 4}, format="json")
    assert (answer.status_code, answer.json()["every"]) == (200, 4)
    set_rule(world.project, world.alice, 4)
    assert JobImage.objects.count() == 5
    set_rule(world.project, world.alice, 0)
    split(world.project, world.alice, Wanted(jobs=1, take=True, assignees=[world.dana.pk]))
    assert not CopyGiven.objects.filter(person=world.dana).exists()


@pytest.mark.parametrize("touched", [True, False])
def test_gold_leaves_the_job_with_its_person(world: World, golden: Image, bobs: Image, touched: bool) -> None:
    if touched:
        draw(bobs, world.bob, (CAT, world.label.pk))
    give_back(Job.objects.get())
    assert Image.workable.filter(pk=bobs.pk).exists() == touched
    assert JobImage.objects.count() == 4
    erin = make_user("Erin")
    make_member(world.project, erin, "annotator")
    job = next_job(world.project, erin)
    assert JobImage.objects.filter(job=job).count() == 5
    change(world.project, world.alice, [job.pk], {"assignee": world.bob.pk})
    assert CopyGiven.objects.filter(person=world.bob, gold=True).count() == 1
    assert JobImage.objects.count() == (4 if touched else 5), "who knows an image is not given it again"


def test_people_are_scored_by_what_they_find_and_call_right(world: World, golden: Image, bobs: Image) -> None:
    """Of the cat and the dog Bob finds both, calls the dog a cat, and sees something where nothing is."""
    draw(bobs, world.bob, (CAT, world.label.pk), (AWAY, world.label.pk), (THERE, None))
    assert ask(world)["people"] == [], "Bob is not done"
    set_state(bobs, "done", world.bob)
    [row] = ask(world)["people"]
    assert (row["person"]["name"], row["images"], row["objects"]) == ("Bob", 1, 3)
    assert (row["right"], row["named_wrong"], row["missed"], row["extra"]) == (1, 1, 0, 1)
    assert (row["score"], row["iou"]) == (pytest.approx(1 / 3, abs=1e-4), 1.0)
    assert row["low"] < 1 / 3 < row["high"]
    assert row["more_images"] == -(-row["more_objects"] // 3) > 100


def test_the_score_follows_the_truth_and_the_copy(world: World, golden: Image, bobs: Image) -> None:
    draw(bobs, world.bob, (CAT, world.label.pk))
    set_state(bobs, "done", world.bob)
    assert ask(world)["people"][0]["missed"] == 1
    dog = golden.annotations.get(label__name="dog")
    services.delete(golden, world.alice, dog.pk, dog.revision)
    assert ask(world)["people"][0]["score"] == 1.0
    mark(world.project, world.alice, [golden.pk], gold=False)
    assert ask(world)["people"] == []
    assert not Scored.objects.exists()


def test_gold_is_neither_merged_nor_counted_as_agreement(world: World, golden: Image, bobs: Image) -> None:
    set_state(bobs, "done", world.bob)
    numbers = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/agreement/").json()
    assert (numbers["overlapping"], numbers["waiting"]) == (0, 0)
    mark(world.project, world.alice, [golden.pk], gold=False)
    numbers = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/agreement/").json()
    assert (numbers["overlapping"], numbers["waiting"]) == (0, 0)


def test_what_cannot_be_gold_is_a_sentence_each(world: World, golden: Image) -> None:
    fresh, empty = Image.objects.filter(name__startswith="z")[:2]
    set_state(empty, "done", world.alice)
    body = {"images": [str(fresh.pk), str(empty.pk), str(world.project.pk), str(golden.pk)], "gold": True}
    answer = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/gold/", body, format="json").json()
    assert answer["changed"] == []
    said = {row["image"]: row["message"] for row in answer["left"]}
    assert "is not done" in said[str(fresh.pk)]
    assert "has no objects" in said[str(empty.pk)]
    assert "not in the project" in said[str(world.project.pk)]
    assert len(said) == 3


def test_where_numbers_of_people_are_for_managers_reviewers_see_none(world: World, golden: Image, bobs: Image) -> None:
    set_state(bobs, "done", world.bob)
    assert len(ask(world, world.as_dana)["people"]) == 1
    world.project.person_numbers = "managers"
    world.project.save()
    assert ask(world, world.as_dana)["people"] == []


def test_wilsons_interval_is_that_of_the_tables() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662, 15 of 148 0.0624 to 0.1605, 0 of 20 0 to 0.1611."""
    for right, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        assert wilson(right / n, n) == pytest.approx((low, high), abs=5e-5)


def test_a_score_says_how_many_more_make_it_close_enough() -> None:
    known = share_of([9] * 10, [10] * 10)
    assert known is not None
    assert (known.low, known.high) == wilson(0.9, 100)
    n = 100 + known.more
    low, high = wilson(0.9, n)
    assert high - low <= 2 * shares.CLOSE
    low, high = wilson(0.9, n - 1)
    assert high - low > 2 * shares.CLOSE
    assert share_of([900] * 10, [1000] * 10).more == 0
    assert share_of([], []) is None


def test_objects_that_go_wrong_together_are_worth_less() -> None:
    """Half of the images all right and half all wrong: ten objects on each say no more than one does."""
    together, alone = share_of([10, 0] * 10, [10, 10] * 10), share_of([5, 5] * 10, [10, 10] * 10)
    assert together.high - together.low > 2.5 * (alone.high - alone.low)
    assert together.more > 9 * alone.more

"""Agreement of a project: as a whole, by label, by pair, over time; and who sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import TestCase

from annotator.agreement import comparing
from annotator.agreement.models import Compared
from annotator.projects import bins
from annotator.projects.services import set_state
from tests.annotator.agreement.conftest import Two

CAT, NEAR, AWAY, THERE = (4, 4, 20, 20), (6, 4, 20, 20), (40, 20, 10, 10), (40, 4, 10, 10)


@pytest.fixture
def drawn(two: Two) -> Two:
    """On two images both draw the cat, two pixels apart; on the first one Erin calls another thing otherwise, and on
    the second one Bob alone sees something. The third one nobody is done with."""
    bob, erin, cat, dog = two.world.bob, two.erin, two.world.label, two.dog
    two.draw(two.images[0], bob, (CAT, cat), (AWAY, dog))
    two.draw(two.images[0], erin, (NEAR, cat), (AWAY, cat))
    two.draw(two.images[1], bob, (CAT, cat), (THERE, dog))
    two.draw(two.images[1], erin, (NEAR, cat))
    two.done(two.images[0])
    two.done(two.images[1])
    return two


def ask(two: Two, client: Any = None) -> dict[str, Any]:
    answer = (client or two.world.as_alice).get(f"/api/v1/projects/{two.world.project.pk}/agreement/")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_numbers_are_those_counted_by_hand(drawn: Two) -> None:
    """Two masks 20 wide, two apart: 18 · 20 pixels in common of 22 · 20. Three objects of four were found by both, so
    of 4 + 3 objects 6. Labels: cat–cat twice, dog–cat once; alpha = 1 − 5 · 2 / (36 − 25 − 1) = 0."""
    numbers = ask(drawn)
    overall = numbers["overall"]
    assert (numbers["images"], numbers["left"], numbers["overlapping"], numbers["waiting"]) == (2, 0, 3, 2)
    assert overall["objects"] == 4
    assert overall["iou"]["value"] == pytest.approx((2 * 360 / 440 + 1) / 3, abs=1e-3)
    assert overall["found"]["value"] == pytest.approx(6 / 7, abs=1e-3)
    assert overall["alpha"]["value"] == pytest.approx(0.0)
    assert overall["found"]["low"] <= overall["found"]["value"] <= overall["found"]["high"]
    assert overall["boundary_iou"]["value"] < overall["iou"]["value"]
    labels = {row["label"]["name"]: row for row in numbers["labels"]}
    assert (labels["cat"]["objects"], labels["dog"]["objects"]) == (3, 2)
    assert labels["cat"]["found"]["value"] == 1.0
    assert labels["dog"]["found"]["value"] == pytest.approx(2 / 3, abs=1e-3)
    [pair] = numbers["pairs"]
    assert [person["name"] for person in pair["people"]] == ["Bob", "Erin"]
    assert pair["iou"] == overall["iou"]


def test_weeks_begin_on_mondays_and_keep_when_an_image_could_be_compared(drawn: Two) -> None:
    ask(drawn)
    monday = date(2026, 3, 2)
    Compared.objects.filter(image=drawn.images[0]).update(day=monday + timedelta(days=6))
    [row] = drawn.draw(drawn.images[0], drawn.erin, (THERE, None))
    numbers = ask(drawn)
    assert next(week["week"] for week in numbers["weeks"]) == "2026-03-02"
    assert numbers["overall"]["objects"] == 5, "what changed since is compared anew"
    assert row.image_id == drawn.copy(drawn.images[0], drawn.erin).pk


def test_a_copy_is_compared_when_it_is_done(two: Two) -> None:
    two.draw(two.images[0], two.world.bob, (CAT, two.world.label))
    with TestCase.captureOnCommitCallbacks(execute=True):
        two.done(two.images[0], two.world.bob)
    assert not Compared.objects.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        two.done(two.images[0], two.erin)
    row = Compared.objects.get()
    assert (row.units, row.pairs, len(row.people)) in (
        ([[str(two.world.label.pk), None]], [], 2), ([[None, str(two.world.label.pk)]], [], 2),
    )  # fmt: skip


def test_many_are_compared_a_few_at_a_time(drawn: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "AT_ONCE", 1)
    Compared.objects.all().delete()
    assert [ask(drawn)["left"] for _ in range(3)] == [1, 0, 0]
    assert Compared.objects.count() == 2


def test_what_is_taken_up_again_or_deleted_counts_no_more(drawn: Two) -> None:
    assert ask(drawn)["images"] == 2
    set_state(drawn.copy(drawn.images[0], drawn.erin), "in_progress", drawn.erin)
    assert ask(drawn)["images"] == 1
    bins.put(drawn.images[1])
    numbers = ask(drawn)
    assert (numbers["images"], numbers["overall"]["iou"]["value"], numbers["pairs"]) == (0, None, [])


def test_where_numbers_of_people_are_for_managers_reviewers_see_their_own_pairs(drawn: Two) -> None:
    project, dana = drawn.world.project, drawn.world.as_dana
    assert len(ask(drawn, dana)["pairs"]) == 1
    project.person_numbers = "managers"
    project.save()
    assert ask(drawn, dana)["pairs"] == []
    assert len(ask(drawn)["pairs"]) == 1
    listed = dana.get(f"/api/v1/projects/{project.pk}/agreement/images/").json()["results"]
    assert {copy["person"] for row in listed for copy in row["copies"]} == {None}


def test_the_list_says_who_is_done_and_how_far_they_agree(drawn: Two) -> None:
    ask(drawn)
    url = f"/api/v1/projects/{drawn.world.project.pk}/agreement/images/"
    first, second = drawn.world.as_alice.get(url).json()["results"]
    assert [first["agreed"], second["agreed"]] == [{"objects": 2, "alike": 1}, {"objects": 2, "alike": 1}]
    assert sorted(copy["person"]["name"] for copy in first["copies"]) == ["Bob", "Erin"]
    assert [row["id"] for row in drawn.world.as_alice.get(f"{url}?state=open").json()["results"]] == [
        str(drawn.images[2].pk)
    ]
    body = {"images": [first["id"]], "how": "vote"}
    answer = drawn.world.as_alice.post(url.replace("images/", "merge/"), body, format="json").json()
    assert answer == {"merged": [first["id"]], "left": []}
    [row] = drawn.world.as_alice.get(f"{url}?state=merged").json()["results"]
    assert (row["id"], row["merged"]["how"], row["merged"]["actor"]["name"]) == (first["id"], "vote", "Alice")


def test_reading_is_a_fixed_number_of_queries(drawn: Two, django_assert_max_num_queries: Any) -> None:
    ask(drawn)
    with django_assert_max_num_queries(25):
        ask(drawn)

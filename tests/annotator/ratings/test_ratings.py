"""Ratings: two models, one click, no names; counted pair by pair."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest
from django.test import Client
from scipy import stats

from annotator.annotations import services
from annotator.inference import lending
from annotator.ratings.models import PairScore, RatedPair, Rating
from annotator.ratings.numbers import numbers_of
from annotator.runs.choices import State
from annotator.runs.models import Run
from export.rle import Rle, decode
from tests.annotator.agreement.conftest import square
from tests.annotator.evaluations.conftest import LeftHalf
from tests.annotator.world import World, client_of, make_image, make_member, make_model_version, make_user


class TopHalf(LeftHalf):
    """Answers everything with the upper half of the picture."""

    def set_embedding(self, embedding: Any) -> None:
        super().set_embedding(embedding)
        self.mask = np.zeros_like(self.mask)
        self.mask[: len(self.mask) // 2] = True


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], list[Run]]) -> Rating:
    """Alice's masks on three images, clicked on for two models that answer with halves."""
    other = make_model_version("other")
    models = {world.model.pk: LeftHalf(), other.pk: TopHalf()}
    monkeypatch.setattr(lending, "load", lambda version, purpose: models[version.pk])
    for image in (world.image, make_image(world.project, "two.png"), make_image(world.project, "three.png")):
        services.create(image, world.alice, None, {"rle": square(image, (8, 4, 20, 10))})
    body = {"first": str(world.model.pk), "second": str(other.pk), "size": 10}
    answer = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/ratings/", body, format="json")
    assert answer.status_code == 202, answer.content
    (run,) = work_off()
    assert run.state == State.SUCCEEDED, run.error
    return Rating.objects.get(pk=run.result["rating"])


def ahead(world: World, rating: Rating, client: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = (client or world.as_bob).get(f"/api/v1/ratings/{rating.pk}/next/").json()
    return found


def test_both_answer_the_same_click_and_no_name_goes_along(world: World, asked: Rating) -> None:
    first = ahead(world, asked)
    assert (first["done"], first["total"]) == (0, 3)
    pair = RatedPair.objects.get(pk=first["pair"]["id"])
    left, right = (decode(Rle.from_json(first["pair"][side])) for side in ("left", "right"))
    upper, lefter = (left, right) if pair.swapped else (right, left)
    assert upper[0].all()
    assert not upper[-1].any()
    assert lefter[:, 0].all()
    assert not lefter[:, -1].any()
    # The middle of the mask.
    assert 12 <= first["pair"]["x"] * 64 <= 25
    assert first["pair"]["y"] * 48 == pytest.approx(9, abs=1)
    said = str(first)
    assert "tiny" not in said
    assert "other" not in said
    assert set(first["pair"]) == {"id", "picture", "x", "y", "left", "right"}


def test_points_go_to_the_model_whichever_side_it_stood_on(world: World, asked: Rating) -> None:
    for swapped, pair in zip((False, True, False), asked.pairs.all(), strict=True):
        RatedPair.objects.filter(pk=pair.pk).update(swapped=swapped)
    found = ahead(world, asked)
    while found["pair"]:
        pair = RatedPair.objects.get(pk=found["pair"]["id"])
        points = {"left": 9, "right": 4} if pair.swapped else {"left": 4, "right": 9}
        found = world.as_bob.post(f"/api/v1/rated-pairs/{pair.pk}/", points, format="json").json()
    assert (found["done"], found["total"]) == (3, 3)
    numbers = numbers_of(asked)
    assert (numbers["first"]["value"], numbers["second"]["value"], numbers["difference"]["value"]) == (4, 9, 5)
    assert (numbers["second_better"], numbers["first_better"], numbers["ties"], numbers["raters"]) == (3, 0, 0, 1)
    assert numbers["sign_p"] == 0.25
    assert numbers["t_p"] is None  # all differences are the same


def test_a_second_time_replaces_the_first(world: World, asked: Rating) -> None:
    pair = asked.pairs.first()
    assert pair is not None
    for points in (3, 8):
        world.as_bob.post(f"/api/v1/rated-pairs/{pair.pk}/", {"left": points, "right": points}, format="json")
    assert [(row.first, row.second) for row in PairScore.objects.all()] == [(8, 8)]


def test_nobody_rates_a_click_on_their_own_mask(world: World, asked: Rating) -> None:
    assert ahead(world, asked, world.as_alice) == {"pair": None, "done": 0, "total": 0}
    pair = asked.pairs.first()
    assert pair is not None
    answer = world.as_alice.post(f"/api/v1/rated-pairs/{pair.pk}/", {"left": 3, "right": 3}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "own_mask")


@pytest.mark.parametrize("points", [0, 11, "a", None, 3.5])
def test_other_points_than_1_to_10_are_refused(world: World, asked: Rating, points: Any) -> None:
    pair = asked.pairs.first()
    assert pair is not None
    answer = world.as_bob.post(f"/api/v1/rated-pairs/{pair.pk}/", {"left": points, "right": 5}, format="json")
    assert answer.status_code == 400
    assert not PairScore.objects.exists()


def test_one_model_twice_none_and_no_masks_are_refused(world: World) -> None:
    def start(second: str) -> Any:
        body = {"first": str(world.model.pk), "second": second, "size": 5}
        return world.as_alice.post(f"/api/v1/projects/{world.project.pk}/ratings/", body, format="json")

    assert "two different" in start(str(world.model.pk)).json()["fields"]["second"][0]
    assert start(str(world.image.pk)).json()["fields"]["second"] == ["Choose a model that is installed and ready."]
    assert start(str(make_model_version("other").pk)).json()["code"] == "no_masks"


def test_the_same_run_again_makes_nothing_twice(world: World, asked: Rating, work_off: Callable[[], list[Run]]) -> None:
    Run.objects.filter(kind="rate").update(state=State.QUEUED)
    (again,) = work_off()
    assert again.result["rating"] == str(asked.pk)
    assert Rating.objects.count() == 1


def given(asked: Rating, scores: list[list[tuple[int, int]]]) -> dict[str, Any]:
    """Numbers of images with so many pairs each."""
    PairScore.objects.all().delete()
    asked.pairs.all().delete()
    rater, numbers = make_user("Rater"), count()
    for pairs in scores:
        image = make_image(asked.project, f"more{next(numbers)}.png")
        for first, second in pairs:
            mask = square(image, (1, 1, 2, 2))
            pair = RatedPair.objects.create(
                rating=asked, image=image, x=0.5, y=0.5, first=mask, second=mask, swapped=False
            )
            PairScore.objects.create(pair=pair, person=rater, first=first, second=second)
    return numbers_of(asked)


def test_tests_and_intervals_are_those_of_the_books(asked: Rating) -> None:
    apart = [3, 2, -1, 4, 1, 0, 2, 3, -2, 1]
    found = given(asked, [[(5, 5 + one)] for one in apart])
    assert found["difference"]["value"] == pytest.approx(1.3)
    assert found["t_p"] == pytest.approx(stats.ttest_rel([5 + one for one in apart], [5] * 10).pvalue, abs=1e-4)
    assert found["sign_p"] == pytest.approx(stats.binomtest(7, 9).pvalue, abs=1e-4)
    half = 1.96 * np.std(apart) / np.sqrt(10)
    assert found["difference"]["low"] == pytest.approx(1.3 - half, abs=0.15)
    assert found["difference"]["high"] == pytest.approx(1.3 + half, abs=0.15)
    assert found["difference"]["low_99"] < found["difference"]["low"]
    assert found["ties"] == 1


def test_pairs_of_one_image_do_not_make_it_surer(asked: Rating) -> None:
    one = given(asked, [[(5, 8)], [(5, 3)], [(5, 7)], [(5, 5)]])["difference"]
    PairScore.objects.all().delete()
    asked.pairs.all().delete()
    many = _again(asked, [[(5, 8)] * 5, [(5, 3)] * 5, [(5, 7)] * 5, [(5, 5)] * 5])["difference"]
    assert many["low"] == pytest.approx(one["low"], abs=0.05)
    assert many["high"] == pytest.approx(one["high"], abs=0.05)


def _again(asked: Rating, scores: list[list[tuple[int, int]]]) -> dict[str, Any]:
    from annotator.accounts.models import User

    User.objects.filter(username="rater").delete()
    return given(asked, scores)


def test_nothing_rated_is_no_number(asked: Rating) -> None:
    found = numbers_of(asked)
    assert (found["rated"], found["difference"]["value"], found["sign_p"]) == (0, None, None)


def test_the_table_numbers_raters(world: World, asked: Rating) -> None:
    pair = asked.pairs.first()
    assert pair is not None
    world.as_bob.post(f"/api/v1/rated-pairs/{pair.pk}/", {"left": 3, "right": 8}, format="json")
    text = world.as_alice.get(f"/api/v1/ratings/{asked.pk}/csv/").content.decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["rater"] == "1"
    assert "Bob" not in text
    assert {row["first"], row["second"]} == {"3", "8"}


def test_the_page_shows_numbers_to_who_reviews_alone(world: World, asked: Rating, client: Client) -> None:
    address = f"/projects/{world.project.pk}/ratings/"
    erin = make_user("Erin")
    make_member(world.project, erin, "annotator")
    assert client_of(erin).get(f"/api/v1/ratings/{asked.pk}/next/").status_code == 200
    client.force_login(erin)
    text = client.get(address).content.decode()
    assert "How to rate" in text
    assert asked.first_name not in text
    client.force_login(world.alice)
    text = client.get(address).content.decode()
    assert "What people gave" in text
    assert "these clicks are on your own masks" in text

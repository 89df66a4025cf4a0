"""The riskiest of what is done is reviewed, the rest is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.projects.models import Image
from annotator.reviews.models import Event, Review
from annotator.reviews.queries import KNOWN, among_riskiest, drawn
from tests.annotator.annotations.conftest import make_image, make_mask
from tests.annotator.reviews.conftest import Place

Later = list[Callable[[], None]]


@pytest.fixture
def later(place: Place, monkeypatch: pytest.MonkeyPatch) -> Later:
    """What is done after the commit waits until a test lets it happen."""
    waiting: Later = []
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, *args, **kwargs: waiting.append(do))
    place.rule(mode="risk", share=20)
    return waiting


def happen(later: Later) -> None:
    while later:
        later.pop(0)()


def known(place: Place, risks: list[float]) -> None:
    """Images that were looked at before."""
    for number, risk in enumerate(risks):
        Review.objects.create(image=make_image(place.project, f"{number}.jpg"), risk=risk)


def test_who_is_done_is_not_kept_waiting_and_the_riskiest_is_submitted(place: Place, later: Later) -> None:
    known(place, [0.1] * 20)
    place.add(place.bob, label=None)
    assert place.done(place.bob)["review"] == "none"
    happen(later)
    assert place.now() == ("done", "waiting")
    seen = place.seen(place.dana)
    assert (seen["submitted_by"]["name"], [reason["code"] for reason in seen["reasons"]]) == ("Bob", ["unlabelled"])
    assert seen["risk"] == 0.6
    place.accept(place.dana)


def test_plain_work_among_riskier_is_done_and_counts_for_what_comes(place: Place, later: Later) -> None:
    known(place, [0.5] * 20)
    place.add(place.bob)
    place.done(place.bob)
    happen(later)
    assert place.now() == ("done", "none")
    assert Review.objects.get(image=place.image).risk == 0.0
    assert not Event.objects.exists()


def test_while_nobody_knows_what_is_usual_all_are_reviewed(place: Place, later: Later) -> None:
    known(place, [0.9] * (KNOWN - 1))
    place.add(place.bob)
    place.done(place.bob)
    happen(later)
    assert place.now() == ("done", "waiting")


@pytest.mark.parametrize("change", ["reopened", "changed", "rule"])
def test_what_happened_meanwhile_comes_first(place: Place, later: Later, change: str) -> None:
    row = place.add(place.bob, label=None)
    place.done(place.bob)
    if change == "reopened":
        place.done(place.bob, state="in_progress")
    elif change == "changed":
        place.change(place.bob, row, rle=make_mask(1, 1))
    else:
        place.rule(mode="off")
    happen(later)
    assert place.now()[1] == "none"


def test_what_was_returned_is_reviewed_again_whatever_its_risk(place: Place, later: Later) -> None:
    row = place.add(place.bob, label=None)
    place.done(place.bob)
    happen(later)
    place.send_back(place.dana)
    place.change(place.bob, row, label=str(place.cat.pk))
    assert place.done(place.bob)["review"] == "waiting"


def test_of_those_that_are_as_risky_the_ids_draw_so_many_that_the_share_is_right(place: Place) -> None:
    known(place, [0.4] * 10 + [0.1] * 89)
    image = Image(project=place.project)

    def share(risk: float, per_cent: int) -> float:
        asked = [Image(project=place.project) for _ in range(400)]
        return sum(among_riskiest(place.project, one, risk, per_cent) for one in asked) / len(asked)

    assert [share(0.5, 1), share(0.4, 20), share(0.1, 10), share(0.0, 50)] == [1.0, 1.0, 0.0, 0.0]
    assert 0.05 < share(0.1, 20) < 0.2, "ten of a hundred are riskier, so a ninth of those"
    assert among_riskiest(place.project, image, 0.1, 20) == drawn(image.pk, 12)


def test_managers_set_it(place: Place) -> None:
    answer: Any = place.alice.send("patch", f"projects/{place.project.pk}/reviews/rule/", {"mode": "risk", "share": 5})
    assert answer == (200, {"mode": "risk", "share": 5, "own_work": False})

"""A random sample, judged by people, and what it says of all suggestions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.suggestions.known import Found
from annotator.suggestions.models import Suggestion
from tests.annotator.suggestions.conftest import CAR, box_mask, decision, found
from tests.annotator.world import World


@pytest.fixture
def audit(ready: World, api: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for the audit of the project."""
    return lambda query="": api("get", f"projects/{ready.project.pk}/audit/{query}")


@pytest.fixture
def many(find_all: Callable[..., Any], masks: list[Found]) -> Any:
    """Eighty small suggestions."""
    masks[:] = [found(n % 50, n // 2, 3, 3, n / 100) for n in range(80)]
    return find_all()


def test_the_sample_stays_the_same_while_it_is_judged(
    ready: World, api: Callable[..., Any], audit: Callable[..., Any], many: Any
) -> None:
    before = audit("?size=10&seed=a")[1]
    assert (len(before["results"]), before["judged"], before["share"], before["interval"]) == (10, 0, None, None)
    assert before["population"] == 80
    first, second = before["results"][:2]
    assert api("post", f"suggestions/{first['id']}/accept/", {"anyway": True})[0] == 201
    assert api("post", f"suggestions/{second['id']}/reject/")[0] == 200
    after = audit("?size=10&seed=a")[1]
    drawn = {row["id"]: row["iou"] for row in after["results"]}
    # What the new object covers can no longer be judged and leaves the sample; nothing else comes in.
    assert set(drawn) <= {row["id"] for row in before["results"]}
    assert (drawn[first["id"]], drawn[second["id"]]) == (1.0, 0.0)
    assert (after["judged"], after["above_90"], after["share"]) == (2, 1, 0.5)
    low, high = after["interval"]
    assert 0 < low < 0.5 < high < 1


def test_another_seed_draws_others(audit: Callable[..., Any], many: Any) -> None:
    samples = [{row["id"] for row in audit(f"?size=10&seed={seed}")[1]["results"]} for seed in "ab"]
    assert samples[0] != samples[1]


def test_a_corrected_mask_counts_with_its_iou(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], masks: list[Found], audit: Callable[..., Any]
) -> None:
    masks[:] = [CAR]
    (car,) = find_all()
    smaller = box_mask(2, 10, 40, 17).to_json()
    assert api("post", f"suggestions/{car.pk}/accept/", {"data": {"rle": smaller}})[0] == 201
    body = audit()[1]
    assert [row["iou"] for row in body["results"]] == [0.85]
    assert (body["above_90"], body["share"]) == (0, 0.0)
    assert body["results"][0]["of_image"]["name"] == ready.image.name


def test_merged_ones_and_deleted_objects_say_nothing(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], audit: Callable[..., Any]
) -> None:
    car, wheel, other, tree = find_all()
    merge = decision("accept", wheel, merge=[str(other.pk)], anyway=True)
    gone = decision("accept", tree)
    answer = api("post", f"images/{ready.image.pk}/suggestions/bulk/", {"operations": [merge, gone]})[1]
    made = answer["results"][1]["annotation"]
    assert api("delete", f"annotations/{made['id']}/?revision={made['revision']}")[0] in (200, 204)
    assert [row["id"] for row in audit()[1]["results"]] == [str(car.pk)]


def test_a_project_without_suggestions_has_an_empty_audit(audit: Callable[..., Any]) -> None:
    status, body = audit()
    assert (status, body["results"], body["population"]) == (200, [], 0)
    assert Suggestion.objects.count() == 0


@pytest.mark.parametrize("query", ["?size=0", "?size=501", "?size=many"])
def test_a_size_that_makes_no_sense_is_refused(audit: Callable[..., Any], query: Any) -> None:
    assert audit(query)[0] == 400

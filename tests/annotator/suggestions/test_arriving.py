"""Suggestions that appear while the grid is still being searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.search import arriving
from tests.annotator.known_model import KnownModel
from tests.annotator.suggestions.conftest import CAR, OTHER_WHEEL, TREE, WHEEL, found
from tests.annotator.world import World

NEARLY_THE_CAR = found(3, 11, 40, 20, 0.93)


@pytest.fixture
def batches(model: KnownModel, monkeypatch: pytest.MonkeyPatch) -> KnownModel:
    """A model that finds these, one batch after the other; a test may look in between."""
    monkeypatch.setattr(arriving, "WRITE_EVERY_SECONDS", 0.0)
    # The car itself comes last and is better than what looked like it, which it replaces in the result.
    model.batches = [[NEARLY_THE_CAR], [WHEEL], [TREE, CAR]]
    return model


def in_between(batches: KnownModel, act: Callable[[int], object]) -> None:
    """Do something after each batch that finds something."""
    count = len(batches.batches or [])
    batches.answered = lambda number: act(number) if number < count else None


def listed(api: Any, image: Any) -> list[dict]:
    return api("get", f"images/{image.pk}/suggestions/")[1]["results"]


def test_they_are_there_batch_by_batch_and_in_the_end_are_the_result(
    ready: World, api: Callable[..., Any], batches: KnownModel, find_all: Callable[..., Any]
) -> None:
    seen = []
    in_between(batches, lambda step: seen.append([row["id"] for row in listed(api, ready.image)]))
    find_all()
    assert [len(ids) for ids in seen] == [1, 2, 3]
    end = listed(api, ready.image)
    assert [row["rle"] for row in end] == [item.rle.to_json() for item in (CAR, WHEEL, TREE)]
    assert end[1]["parent"] == end[0]["id"]
    assert [row["rank"] for row in end] == [0, 1, 2]
    # What stayed kept its id, for somebody may be looking at it; what was provisional has gone.
    assert {row["id"] for row in end} & set(seen[-1]) == set(seen[-1][1:])


def test_the_result_is_that_of_a_search_nobody_watched(
    ready: World,
    api: Callable[..., Any],
    batches: KnownModel,
    find_all: Callable[..., Any],
    work_off: Callable[[], list[Run]],
) -> None:
    find_all()
    watched = [(row["rle"], row["rank"], row["predicted_iou"]) for row in listed(api, ready.image)]
    assert api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[0] == 202
    work_off()
    assert [(row["rle"], row["rank"], row["predicted_iou"]) for row in listed(api, ready.image)] == watched


def test_one_can_be_judged_before_the_search_is_over(
    ready: World, api: Callable[..., Any], batches: KnownModel, find_all: Callable[..., Any]
) -> None:
    def judge(step: int) -> None:
        rows = listed(api, ready.image)
        if step == 1:
            api("post", f"suggestions/{rows[0]['id']}/accept/", {})
        if step == 2:
            api("post", f"suggestions/{rows[-1]['id']}/reject/")

    in_between(batches, judge)
    find_all()
    assert listed(api, ready.image) == []
    states = dict(Suggestion.objects.values_list("state", "area"))
    assert set(states) == {"accepted", "rejected"}


def test_suggestions_of_an_earlier_search_go_when_the_first_new_one_comes(
    ready: World, api: Callable[..., Any], batches: KnownModel, find_all: Callable[..., Any]
) -> None:
    batches.batches = [[OTHER_WHEEL]]
    find_all()
    seen = []
    batches.batches = [[], [CAR]]
    in_between(batches, lambda step: seen.append([row["area"] for row in listed(api, ready.image)]))
    find_all(params={"nms": 0.6})
    assert seen == [[64], [800]]


def test_a_cancelled_search_keeps_what_it_has_shown_and_says_so(
    ready: World, api: Callable[..., Any], batches: KnownModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WRITE_EVERY_SECONDS", 0.0)  # so that it hears of it at once
    in_between(batches, lambda step: enqueue.cancel(Run.objects.get()) if step == 0 else None)
    worker.work(lease.claim(_started(ready, api)))
    assert Run.objects.get().state == "cancelled"
    body = api("get", f"images/{ready.image.pk}/suggestions/")[1]
    assert [row["area"] for row in body["results"]] == [800, 64]
    assert body["search"]["complete"] is False


def test_a_search_whose_worker_was_killed_starts_again_without_doubles(
    ready: World, api: Callable[..., Any], batches: KnownModel, work_off: Callable[[], list[Run]]
) -> None:
    def die(step: int) -> None:
        if step == 1:
            raise KeyboardInterrupt  # as a killed worker: nothing after this runs

    in_between(batches, die)
    claimed = lease.claim(_started(ready, api))
    with pytest.raises(KeyboardInterrupt):
        worker.work(claimed)
    assert Suggestion.objects.count() == 2
    batches.answered = lambda number: None
    Run.objects.update(state="queued", claim=None)
    (done,) = work_off()
    assert done.result["suggestions"] == Suggestion.objects.count() == 3
    assert Search.objects.get().complete is True


def test_what_is_found_at_once_is_written_together(
    ready: World,
    api: Callable[..., Any],
    batches: KnownModel,
    find_all: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arriving, "WRITE_EVERY_SECONDS", 3600.0)
    seen = []
    in_between(batches, lambda step: seen.append(len(listed(api, ready.image))))
    find_all()
    assert seen == [1, 1, 1]
    assert len(listed(api, ready.image)) == 3


def _started(ready: Any, api: Any) -> Any:
    api("post", f"images/{ready.image.pk}/automask/", {})
    return Run.objects.get().pk

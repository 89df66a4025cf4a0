"""Suggestions that appear while the grid is still being searched."""
from __future__ import annotations

import pytest

from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from annotator.suggestions import arriving, generate
from annotator.suggestions.models import Suggestion, Sweep
from tests.annotator.suggestions.conftest import CAR, OTHER_WHEEL, TREE, WHEEL, found

NEARLY_THE_CAR = found(3, 11, 40, 20, 0.93)


@pytest.fixture
def batches(monkeypatch):
    """A search that brings these, one batch after the other; a test may look in between."""
    monkeypatch.setattr(arriving, "WRITE_EVERY_SECONDS", 0.0)
    batches = [[NEARLY_THE_CAR], [WHEEL], [TREE]]
    script = {"batches": batches, "result": [CAR, WHEEL, TREE], "between": lambda step: None}

    def search(version, image, region, parameters, progress, arrived=None):
        for step, batch in enumerate(script["batches"]):
            progress(step / 3)
            if arrived is not None:
                arrived(batch)
            script["between"](step)
        return script["result"]

    monkeypatch.setattr(generate, "masks", search)
    return script


def listed(api, image) -> list[dict]:
    return api("get", f"images/{image.pk}/suggestions/")[1]["results"]


def test_they_are_there_batch_by_batch_and_in_the_end_are_the_result(ready, api, batches, sweep):
    seen = []
    batches["between"] = lambda step: seen.append([row["id"] for row in listed(api, ready.image)])
    sweep()
    assert [len(ids) for ids in seen] == [1, 2, 3]
    end = listed(api, ready.image)
    assert [row["rle"] for row in end] == [item.rle.to_json() for item in (CAR, WHEEL, TREE)]
    assert end[1]["parent"] == end[0]["id"]
    assert [row["rank"] for row in end] == [0, 1, 2]
    # What stayed kept its id, for somebody may be looking at it; what was provisional has gone.
    assert {row["id"] for row in end} & set(seen[-1]) == set(seen[-1][1:])


def test_the_result_is_that_of_a_search_nobody_watched(ready, api, batches, sweep, work_off):
    sweep()
    watched = [(row["rle"], row["rank"], row["predicted_iou"]) for row in listed(api, ready.image)]
    assert api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[0] == 202
    work_off()
    assert [(row["rle"], row["rank"], row["predicted_iou"]) for row in listed(api, ready.image)] == watched


def test_one_can_be_judged_before_the_search_is_over(ready, api, batches, sweep):
    def judge(step: int) -> None:
        rows = listed(api, ready.image)
        if step == 1:
            api("post", f"suggestions/{rows[0]['id']}/accept/", {})
        if step == 2:
            api("post", f"suggestions/{rows[-1]['id']}/reject/")

    batches["between"] = judge
    sweep()
    assert listed(api, ready.image) == []
    states = dict(Suggestion.objects.values_list("state", "area"))
    assert set(states) == {"accepted", "rejected"}


def test_suggestions_of_an_earlier_search_go_when_the_first_new_one_comes(ready, api, batches, sweep):
    batches["batches"], batches["result"] = [[OTHER_WHEEL]], [OTHER_WHEEL]
    sweep()
    seen = []
    batches["batches"], batches["result"] = [[], [CAR]], [CAR]
    batches["between"] = lambda step: seen.append([row["area"] for row in listed(api, ready.image)])
    sweep(params={"nms": 0.6})
    assert seen == [[64], [800]]


def test_a_cancelled_search_keeps_what_it_has_shown_and_says_so(ready, api, batches, monkeypatch):
    monkeypatch.setattr(worker, "WRITE_EVERY_SECONDS", 0.0)  # so that it hears of it at once
    batches["between"] = lambda step: enqueue.cancel(Run.objects.get()) if step == 1 else None
    worker.work(lease.claim(_started(ready, api)))
    assert Run.objects.get().state == "cancelled"
    body = api("get", f"images/{ready.image.pk}/suggestions/")[1]
    assert [row["area"] for row in body["results"]] == [800, 64]
    assert body["sweep"]["complete"] is False


def test_a_search_whose_worker_was_killed_starts_again_without_doubles(ready, api, batches, work_off):
    def die(step: int) -> None:
        if step == 1:
            raise KeyboardInterrupt  # as a killed worker: nothing after this runs

    batches["between"] = die
    claimed = lease.claim(_started(ready, api))
    with pytest.raises(KeyboardInterrupt):
        worker.work(claimed)
    assert Suggestion.objects.count() == 2
    batches["between"] = lambda step: None
    Run.objects.update(state="queued", claim=None)
    (done,) = work_off()
    assert done.result["suggestions"] == Suggestion.objects.count() == 3
    assert Sweep.objects.get().complete is True


def test_what_is_found_at_once_is_written_together(ready, api, batches, sweep, monkeypatch):
    monkeypatch.setattr(arriving, "WRITE_EVERY_SECONDS", 3600.0)
    seen = []
    batches["between"] = lambda step: seen.append(len(listed(api, ready.image)))
    sweep()
    assert seen == [1, 1, 1]
    assert len(listed(api, ready.image)) == 3


def _started(ready, api):
    api("post", f"images/{ready.image.pk}/automask/", {})
    return Run.objects.get().pk

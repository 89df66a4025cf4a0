from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.inference import lending
from annotator.lib import storage
from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from annotator.suggestions.known import Found
from annotator.suggestions.models import Search, Suggestion
from tests.annotator.known_model import KnownModel
from tests.annotator.suggestions.conftest import CAR, TREE, WHEEL, found
from tests.annotator.world import World, make_image


def test_a_search_leaves_ranked_suggestions_with_everything_sa1b_asks_for(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    find_all()
    status, body = api("get", f"images/{ready.image.pk}/suggestions/")
    assert status == 200
    rows = body["results"]
    assert [row["predicted_iou"] for row in rows] == [0.95, 0.9, 0.85, 0.8]
    first = rows[0]
    assert (first["bbox"], first["area"], first["rank"]) == ([2, 10, 40, 20], 800, 0)
    assert first["stability_score"] == pytest.approx(0.96, abs=0.001)
    assert (first["point"], first["crop_box"]) == ([2.0, 1.5], [0, 0, 64, 48]), "the first prompt of a 16 × 16 grid"
    assert (first["state"], first["annotation"], first["model_version"]) == ("pending", None, str(ready.model.pk))
    assert [row["parent"] for row in rows] == [None, first["id"], first["id"], None]
    assert body["search"]["found"] == body["search"]["kept"] == 4
    assert body["search"]["run"] == first["run"]


def test_before_any_search_there_is_nothing(ready: World, api: Callable[..., Any]) -> None:
    assert api("get", f"images/{ready.image.pk}/suggestions/")[1]["results"] == []
    assert api("get", f"images/{ready.image.pk}/suggestions/")[1]["search"] is None


def test_searching_again_replaces_only_what_nobody_touched(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], masks: list[Found]
) -> None:
    car, wheel, other_wheel, tree = find_all()
    api("post", f"suggestions/{tree.pk}/accept/", {})
    api("post", f"suggestions/{other_wheel.pk}/reject/")
    masks.append(found(44, 0, 5, 5, 0.7))
    again = find_all()
    assert [row.rle for row in again] == [item.rle.to_json() for item in (CAR, WHEEL, masks[-1])]
    assert not {car.pk, wheel.pk} & {row.pk for row in again}
    tree.refresh_from_db()
    other_wheel.refresh_from_db()
    assert (tree.state, other_wheel.state) == ("accepted", "rejected")


def test_what_people_drew_is_not_suggested(ready: World, find_all: Callable[..., Any]) -> None:
    annotating.create(ready.image, ready.bob, None, {"rle": CAR.rle.to_json()})
    assert [row.rle for row in find_all()] == [TREE.rle.to_json()]


def test_what_people_drew_afterwards_hides_what_it_repeats(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    find_all()
    annotating.create(ready.image, ready.bob, None, {"rle": CAR.rle.to_json()})
    body = api("get", f"images/{ready.image.pk}/suggestions/")[1]
    assert [row["bbox"] for row in body["results"]] == [[50, 5, 10, 40]]
    assert body["covered"] == 3


def test_a_region_replaces_only_suggestions_in_it(
    ready: World, find_all: Callable[..., Any], masks: list[Found]
) -> None:
    for row in find_all():  # as if each had been asked for in its middle
        row.point = [row.bbox[0] + row.bbox[2] / 2, row.bbox[1] + row.bbox[3] / 2]
        row.save()
    masks[:] = [found(3, 22, 6, 6, 0.99)]
    left = find_all(region=[0, 16, 20, 20])
    assert sorted(row.area for row in left) == [36, 64, 400, 800]


REGIONS = [[0, 0, 65, 20], [-1, 0, 20, 20], [0, 0, 15, 20], [0, 0, 20], "all", [0, 0, 20.5, 20]]


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_outside_the_image_is_refused(ready: World, api: Callable[..., Any], region: Any) -> None:
    status, error = api("post", f"images/{ready.image.pk}/automask/", {"region": region})
    assert (status, error["code"]) == (400, "invalid")


def test_no_mask_found_is_no_failure_and_says_what_to_do(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], masks: list[Found]
) -> None:
    masks.clear()
    assert find_all() == []
    assert api("get", f"images/{ready.image.pk}/suggestions/")[1]["search"]["found"] == 0
    assert Run.objects.get().message == "No mask passed the limits on 1 image. Lower them and search again."


def test_a_search_that_finds_only_what_is_there_says_so(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], masks: list[Found]
) -> None:
    masks[:] = [TREE]
    (tree,) = find_all()
    api("post", f"suggestions/{tree.pk}/accept/")
    assert find_all() == []
    latest = Run.objects.order_by("-created").first()
    assert latest.message == "Nothing new on 1 image: what was found repeats objects that are there already."


def test_thousands_of_masks_are_cut_to_the_best(ready: World, find_all: Callable[..., Any], masks: list[Found]) -> None:
    masks[:] = [found(n % 50, n // 130, 3 + n % 11, 3 + n % 13, n / 4000) for n in range(4000)]
    assert len(find_all(params={"points_per_side": 37, "nms": 1.0, "crop_nms": 1.0})) == 3000
    assert Search.objects.get().found == 4000


def test_a_model_larger_than_what_stays_loaded_is_loaded_once_a_run(
    ready: World, api: Callable[..., Any], model: KnownModel, work_off: Callable[[], list[Run]],
    monkeypatch: pytest.MonkeyPatch, settings: Any,
) -> None:  # fmt: skip
    settings.MODEL_MEMORY_MB = 0
    loaded: list[str] = []
    monkeypatch.setattr(lending, "load", lambda version, purpose: [model, loaded.append(purpose)][0])
    for name in ("b.png", "c.png"):
        make_image(ready.project, name)
    assert api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[0] == 202
    (run,) = work_off()
    assert (run.state, run.result["images"], loaded) == ("succeeded", 3, ["search"])


def test_a_search_of_all_steps_back_for_an_image_that_somebody_opens(
    ready: World, api: Callable[..., Any], model: KnownModel, work_off: Callable[[], list[Run]]
) -> None:
    others = [make_image(ready.project, name) for name in ("b.png", "c.png")]

    def opens(rgb: Any) -> None:
        model.looked = lambda rgb: None
        assert api("post", f"images/{others[1].pk}/embed/", {})[0] == 202

    model.looked = opens
    status, told = api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    assert status == 202
    search = lease.claim(uuid.UUID(told["id"]))
    worker.work(search)
    search = Run.objects.get(pk=told["id"])
    assert (search.state, Search.objects.filter(run=search).count()) == ("queued", 1)
    first = lease.claim_next(search.pk)
    assert (first.kind, first.subject) == ("embed", others[1].pk)
    Run.objects.filter(pk=first.pk).update(state="succeeded")
    work_off()
    search.refresh_from_db()
    assert (search.state, search.result["images"]) == ("succeeded", 3)
    assert Search.objects.filter(run=search).count() == 3


def test_a_project_without_model_says_so(world: World, api: Callable[..., Any]) -> None:
    world.project.model_version = None
    world.project.save()
    status, error = api("post", f"images/{world.image.pk}/automask/", {})
    assert (status, error["code"]) == (409, "no_model")


def test_a_whole_project_is_searched_behind_everything_else(
    ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    for name in ("d.png", "e.png"):
        make_image(ready.project, name)
    assert api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[0] == 202
    assert Run.objects.get().priority < 0
    (done,) = work_off()
    assert done.result["images"] == 3
    assert done.result["suggestions"] == 12
    assert done.message == "12 suggestions on 3 images."


def test_a_selection_is_searched(ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]) -> None:
    other = make_image(ready.project, "d.png")
    api("post", f"projects/{ready.project.pk}/automask/", {"images": [str(other.pk)]}, ready.alice)
    work_off()
    assert set(Search.objects.values_list("image", flat=True)) == {other.pk}


def test_only_images_that_no_search_got_through_are_searched(
    ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    path = f"projects/{ready.project.pk}/automask/"
    api("post", path, {}, ready.alice)
    work_off()
    assert api("post", path, {"new": True}, ready.alice)[1]["code"] == "all_searched"
    other = make_image(ready.project, "d.png")
    assert api("post", path, {"new": True}, ready.alice)[0] == 202
    (done,) = work_off()
    assert (done.result["images"], done.params["images"]) == (1, [str(other.pk)])


@pytest.mark.parametrize("images", [[], [str(uuid.uuid4())], ["x"], "all", [5]])
def test_a_selection_that_makes_no_sense_is_refused(ready: World, api: Callable[..., Any], images: Any) -> None:
    status, error = api("post", f"projects/{ready.project.pk}/automask/", {"images": images}, ready.alice)
    assert (status, error["code"]) == (400, "invalid")


def test_asking_twice_is_one_run(ready: World, api: Callable[..., Any]) -> None:
    path = f"projects/{ready.project.pk}/automask/"
    first, again = (api("post", path, {}, ready.alice)[1]["id"] for _ in range(2))
    other = api("post", path, {"params": {"points_per_side": 8}}, ready.alice)[1]["id"]
    assert first == again != other


def test_a_run_that_died_goes_on_where_it_stopped_without_doubles(
    ready: World, api: Callable[..., Any], model: KnownModel, work_off: Callable[[], list[Run]]
) -> None:
    for name in ("d.png", "e.png"):
        make_image(ready.project, name)

    def dies(rgb: np.ndarray) -> None:
        if len(model.pictures) == 2:
            raise KeyboardInterrupt  # as a killed worker: nothing after this runs

    model.masks, model.looked = [CAR, TREE], dies
    api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    run = lease.claim(Run.objects.get().pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    Run.objects.update(state="queued", claim=None)
    (done,) = work_off()
    first, second, again, third = model.pictures
    assert np.array_equal(second, again)
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)
    assert done.result["suggestions"] == Suggestion.objects.count() == 6


def test_a_cancelled_run_keeps_what_it_has(
    ready: World, api: Callable[..., Any], model: KnownModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WRITE_EVERY_SECONDS", 0.0)  # so that it hears of it at once
    make_image(ready.project, "d.png")
    run_id = api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[1]["id"]
    run = lease.claim(Run.objects.get().pk)

    def cancels(rgb: np.ndarray) -> None:
        if len(model.pictures) == 2:
            enqueue.cancel(Run.objects.get(pk=run_id))

    model.masks, model.looked = [CAR], cancels
    worker.work(run)
    assert Run.objects.get().state == "cancelled"
    assert [row.area for row in Suggestion.objects.all()] == [800]


@pytest.mark.parametrize(
    ("error", "says"),
    [(None, "missing from"), (ValueError("a bad graph."), "a bad graph"), (MemoryError(), "memory")],
)
def test_an_image_that_cannot_be_searched_is_named_and_the_others_go_on(
    ready: World,
    api: Callable[..., Any],
    model: KnownModel,
    work_off: Callable[[], list[Run]],
    error: Exception | None,
    says: str,
) -> None:
    other = make_image(ready.project, "d.png")

    def fails(rgb: np.ndarray) -> None:
        if len(model.pictures) == 2 and error is not None:
            raise error

    model.masks, model.looked = [CAR], fails
    if error is None:
        storage.delete_blob(other.sha256)
    api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    (done,) = work_off()
    assert done.state == "succeeded"
    assert done.result["suggestions"] == 1
    ((problem,),) = [done.result["problems"]]
    assert problem["image"] == "d.png"
    assert says in problem["problem"]


def test_when_no_image_can_be_searched_the_run_fails_with_the_reason(
    ready: World, api: Callable[..., Any], model: KnownModel, work_off: Callable[[], list[Run]]
) -> None:
    def fails(rgb: np.ndarray) -> None:
        raise MemoryError

    model.looked = fails
    api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    (done,) = work_off()
    assert done.state == "failed"
    assert "memory" in done.error


def test_parameters_are_the_projects_own(ready: World, api: Callable[..., Any], find_all: Callable[..., Any]) -> None:
    path = f"projects/{ready.project.pk}/automask/"
    status, body = api("get", path)
    assert status == 200
    assert body["params"]["preset"] == "quick"
    assert {"quick", "library", "paper"} == set(body["presets"])
    status, body = api("patch", path, {"preset": "paper", "predicted_iou": 0.8, "prefill_above": 0.93}, ready.alice)
    assert status == 200
    assert (body["params"]["crop_layers"], body["params"]["predicted_iou"], body["prefill_above"]) == (2, 0.8, 0.93)
    assert api("patch", path, {"stability": 0.9}, ready.alice)[1]["params"]["crop_layers"] == 2
    assert api("patch", path, {"stability": 0.9})[0] == 403
    find_all(params={"nms": 0.5})
    used = Search.objects.get().params
    assert (used["crop_layers"], used["stability"], used["nms"]) == (2, 0.9, 0.5)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"preset": "best"}, "preset"), ({"preset": []}, "preset"), ({"points_per_side": 0}, "params"),
        ({"points_per_side": 8.5}, "points_per_side"), ({"predicted_iou": "0.5"}, "predicted_iou"),
        ({"nms": 2}, "params"), ({"colour": 1}, "colour"), ({"avoid_iou": -1}, "avoid_iou"), ({"nms": True}, "nms"),
        ({"points_per_side": 1000}, "params"), ({"nms": 1e300}, "nms"), ([], "params"),
    ],
)  # fmt: skip
def test_parameters_out_of_range_are_refused_by_name(
    ready: World, api: Callable[..., Any], params: Any, field: str
) -> None:
    status, error = api("patch", f"projects/{ready.project.pk}/automask/", params, ready.alice)
    assert (status, error["code"]) == (400, "invalid")
    assert field in error["fields"]


def test_a_sample_is_drawn_at_random_and_the_same_again(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], masks: list[Found]
) -> None:
    masks[:] = [found(n % 50, n // 2, 3, 3, n / 100) for n in range(80)]
    find_all()
    path = f"projects/{ready.project.pk}/suggestions/sample/"
    first, again, other = (api("get", f"{path}?size=10&seed={seed}")[1]["results"] for seed in ("a", "a", "b"))
    assert first == again
    assert len({row["id"] for row in first}) == 10
    assert first != other
    assert api("get", f"{path}?size=0")[1]["code"] == "invalid"

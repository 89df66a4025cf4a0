from __future__ import annotations

import uuid

import pytest

from annotator.annotations import services as annotations
from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from annotator.suggestions import generate
from annotator.suggestions.arrange import Found
from annotator.suggestions.models import Suggestion, Sweep
from tests.annotator.suggestions.conftest import CAR, TREE, WHEEL, found
from tests.annotator.world import make_image


def test_a_search_leaves_ranked_suggestions_with_everything_sa1b_asks_for(ready, api, sweep):
    sweep()
    status, body = api("get", f"images/{ready.image.pk}/suggestions/")
    assert status == 200
    rows = body["results"]
    assert [row["predicted_iou"] for row in rows] == [0.95, 0.9, 0.85, 0.8]
    first = rows[0]
    assert (first["bbox"], first["area"], first["rank"]) == ([2, 10, 40, 20], 800, 0)
    assert (first["stability_score"], first["point"], first["crop_box"]) == (0.96, [22.0, 20.0], [0, 0, 64, 48])
    assert (first["state"], first["annotation"], first["model_version"]) == ("pending", None, str(ready.model.pk))
    assert [row["parent"] for row in rows] == [None, first["id"], first["id"], None]
    assert body["sweep"]["found"] == body["sweep"]["kept"] == 4
    assert body["sweep"]["run"] == first["run"]


def test_before_any_search_there_is_nothing(ready, api):
    assert api("get", f"images/{ready.image.pk}/suggestions/")[1]["results"] == []
    assert api("get", f"images/{ready.image.pk}/suggestions/")[1]["sweep"] is None


def test_searching_again_replaces_only_what_nobody_touched(ready, api, sweep, masks):
    car, wheel, other_wheel, tree = sweep()
    api("post", f"suggestions/{tree.pk}/accept/", {})
    api("post", f"suggestions/{other_wheel.pk}/reject/")
    masks.append(found(44, 0, 5, 5, 0.7))
    again = sweep()
    assert [row.rle for row in again] == [item.rle.to_json() for item in (CAR, WHEEL, masks[-1])]
    assert not {car.pk, wheel.pk} & {row.pk for row in again}
    tree.refresh_from_db()
    other_wheel.refresh_from_db()
    assert (tree.state, other_wheel.state) == ("accepted", "rejected")


def test_what_people_drew_is_not_suggested(ready, sweep):
    annotations.create(ready.image, ready.bob, None, {"rle": CAR.rle.to_json()})
    assert [row.rle for row in sweep()] == [TREE.rle.to_json()]


def test_what_people_drew_afterwards_hides_what_it_repeats(ready, api, sweep):
    sweep()
    annotations.create(ready.image, ready.bob, None, {"rle": CAR.rle.to_json()})
    body = api("get", f"images/{ready.image.pk}/suggestions/")[1]
    assert [row["bbox"] for row in body["results"]] == [[50, 5, 10, 40]]
    assert body["covered"] == 3


def test_a_region_replaces_only_suggestions_in_it(ready, sweep, masks):
    sweep()
    masks[:] = [found(3, 22, 6, 6, 0.99)]
    left = sweep(region=[0, 16, 20, 20])
    assert {row.area for row in left} == {800, 64, 400, 36}
    assert len(left) == 4


REGIONS = [[0, 0, 65, 20], [-1, 0, 20, 20], [0, 0, 15, 20], [0, 0, 20], "all", [0, 0, 20.5, 20]]


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_outside_the_image_is_refused(ready, api, region):
    status, error = api("post", f"images/{ready.image.pk}/automask/", {"region": region})
    assert (status, error["code"]) == (400, "invalid")


def test_no_mask_found_is_no_failure_and_says_what_to_do(ready, api, sweep, masks):
    masks.clear()
    assert sweep() == []
    assert api("get", f"images/{ready.image.pk}/suggestions/")[1]["sweep"]["found"] == 0
    assert Run.objects.get().message == "No mask passed the limits on 1 image. Lower them and search again."


def test_a_search_that_finds_only_what_is_there_says_so(ready, api, sweep, masks):
    masks[:] = [TREE]
    (tree,) = sweep()
    api("post", f"suggestions/{tree.pk}/accept/")
    assert sweep() == []
    latest = Run.objects.order_by("-created").first()
    assert latest.message == "Nothing new on 1 image: what was found repeats objects that are there already."


def test_thousands_of_masks_are_cut_to_the_best(ready, sweep, masks):
    masks[:] = [found(n % 50, n // 130, 3 + n % 11, 3 + n % 13, n / 4000) for n in range(4000)]
    assert len(sweep()) == 3000
    assert Sweep.objects.get().found == 4000


def test_a_project_without_model_says_so(world, api):
    world.project.model_version = None
    world.project.save()
    status, error = api("post", f"images/{world.image.pk}/automask/", {})
    assert (status, error["code"]) == (409, "no_model")


def test_a_whole_project_is_searched_behind_everything_else(ready, api, work_off):
    for name in ("b.png", "c.png"):
        make_image(ready.project, name)
    assert api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[0] == 202
    assert Run.objects.get().priority < 0
    (done,) = work_off()
    assert done.result["images"] == 3
    assert done.result["suggestions"] == 12
    assert done.message == "12 suggestions on 3 images."


def test_a_selection_is_searched(ready, api, work_off):
    other = make_image(ready.project, "b.png")
    api("post", f"projects/{ready.project.pk}/automask/", {"images": [str(other.pk)]}, ready.alice)
    work_off()
    assert set(Sweep.objects.values_list("image", flat=True)) == {other.pk}


def test_only_images_that_no_search_got_through_are_searched(ready, api, work_off):
    path = f"projects/{ready.project.pk}/automask/"
    api("post", path, {}, ready.alice)
    work_off()
    assert api("post", path, {"new": True}, ready.alice)[1]["code"] == "all_searched"
    other = make_image(ready.project, "b.png")
    assert api("post", path, {"new": True}, ready.alice)[0] == 202
    (done,) = work_off()
    assert (done.result["images"], done.params["images"]) == (1, [str(other.pk)])


@pytest.mark.parametrize("images", [[], [str(uuid.uuid4())], ["x"], "all", [5]])
def test_a_selection_that_makes_no_sense_is_refused(ready, api, images):
    status, error = api("post", f"projects/{ready.project.pk}/automask/", {"images": images}, ready.alice)
    assert (status, error["code"]) == (400, "invalid")


def test_asking_twice_is_one_run(ready, api):
    path = f"projects/{ready.project.pk}/automask/"
    first, again = (api("post", path, {}, ready.alice)[1]["id"] for _ in range(2))
    other = api("post", path, {"params": {"points_per_side": 8}}, ready.alice)[1]["id"]
    assert first == again != other


def test_a_run_that_died_goes_on_where_it_stopped_without_doubles(ready, api, monkeypatch, work_off):
    for name in ("b.png", "c.png"):
        make_image(ready.project, name)
    searched = []

    def search(version, image, region, parameters, progress, arrived=None):
        searched.append(image.name)
        if len(searched) == 2:
            raise KeyboardInterrupt  # as a killed worker: nothing after this runs
        return [CAR, TREE]

    monkeypatch.setattr(generate, "masks", search)
    api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    run = lease.claim(Run.objects.get().pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    Run.objects.update(state="queued", claim=None)
    (done,) = work_off()
    assert searched == ["cat.png", "b.png", "b.png", "c.png"]
    assert done.result["suggestions"] == Suggestion.objects.count() == 6


def test_a_cancelled_run_keeps_what_it_has(ready, api, monkeypatch):
    make_image(ready.project, "b.png")
    run_id = api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)[1]["id"]
    run = lease.claim(Run.objects.get().pk)

    def search(version, image, region, parameters, progress, arrived=None):
        if image.name == "b.png":
            enqueue.cancel(Run.objects.get(pk=run_id))
        return [CAR]

    monkeypatch.setattr(generate, "masks", search)
    worker.work(run)
    assert Run.objects.get().state == "cancelled"


@pytest.mark.parametrize(
    ("error", "says"),
    [(FileNotFoundError(), "missing from"), (ValueError("a bad graph."), "a bad graph"), (MemoryError(), "memory")],
)
def test_an_image_that_cannot_be_searched_is_named_and_the_others_go_on(ready, api, monkeypatch, work_off, error, says):
    make_image(ready.project, "b.png")

    def search(version, image, region, parameters, progress, arrived=None) -> list[Found]:
        if image.name == "b.png":
            raise error
        return [CAR]

    monkeypatch.setattr(generate, "masks", search)
    api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    (done,) = work_off()
    assert done.state == "succeeded"
    assert done.result["suggestions"] == 1
    ((problem,),) = [done.result["problems"]]
    assert problem["image"] == "b.png"
    assert says in problem["problem"]


def test_when_no_image_can_be_searched_the_run_fails_with_the_reason(ready, api, monkeypatch, work_off):
    def search(*_):
        raise MemoryError

    monkeypatch.setattr(generate, "masks", search)
    api("post", f"projects/{ready.project.pk}/automask/", {}, ready.alice)
    (done,) = work_off()
    assert done.state == "failed"
    assert "memory" in done.error


def test_parameters_are_the_projects_own(ready, api, sweep):
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
    sweep(params={"nms": 0.5})
    used = Sweep.objects.get().params
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
def test_parameters_out_of_range_are_refused_by_name(ready, api, params, field):
    status, error = api("patch", f"projects/{ready.project.pk}/automask/", params, ready.alice)
    assert (status, error["code"]) == (400, "invalid")
    assert field in error["fields"]


def test_a_sample_is_drawn_at_random_and_the_same_again(ready, api, sweep, masks):
    masks[:] = [found(n % 50, n // 2, 3, 3, n / 100) for n in range(80)]
    sweep()
    path = f"projects/{ready.project.pk}/suggestions/sample/"
    first, again, other = (api("get", f"{path}?size=10&seed={seed}")[1]["results"] for seed in ("a", "a", "b"))
    assert first == again
    assert len({row["id"] for row in first}) == 10
    assert first != other
    assert api("get", f"{path}?size=0")[1]["code"] == "invalid"

from __future__ import annotations

import uuid

import pytest

from annotator.annotations import services as annotations
from annotator.annotations.models import Annotation
from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from annotator.suggestions.models import Carried, Suggestion, Trail
from annotator.suggestions.propagation import chain
from tests.annotator.suggestions.conftest import decision, found
from tests.annotator.suggestions.propagation.conftest import CAR, TREE, answer, moved
from tests.annotator.world import make_embedding


def test_objects_travel_from_image_to_image_as_suggestions_with_their_labels(strip, carry, api):
    run = carry()
    assert (run.state, run.message) == ("succeeded", "4 images, 8 objects carried.")
    assert (run.result["images"], run.result["carried"], run.result["unsure"]) == (4, 8, 0)
    assert strip.asked == ["b.png", "c.png", "d.png", "e.png"]
    # Each image starts from where the object was found in the one before.
    assert [row.rle for row in strip.on("d.png")] == [moved(mask, 6).to_json() for mask in (CAR, TREE)]
    shown = api("get", f"images/{strip['d.png'].pk}/suggestions/")[1]["results"]
    assert [row["proposal"] for row in shown] == [
        {"label": str(source.label_id), "probability": 0.95} for source in (strip.car, strip.tree)
    ]
    first = shown[0]["carried"]
    assert first == {
        "source": str(strip.car.pk), "image": str(strip.world.image.pk), "step": 3, "confidence": 0.95,
    }  # fmt: skip
    assert (shown[0]["run"], shown[0]["model_version"]) == (str(run.pk), str(strip.world.model.pk))


def test_an_accepted_one_is_an_object_that_knows_where_it_came_from(strip, carry, api):
    carry(count=1)
    car, _ = strip.on("b.png")
    done = api(
        "post", f"images/{strip['b.png'].pk}/suggestions/bulk/",
        {"operations": [decision("accept", car, data={"label": str(strip.car.label_id)})]},
    )[1]["results"][0]  # fmt: skip
    made = Annotation.objects.get(image=strip["b.png"])
    assert (done["status"], made.stage, made.label_id) == (201, "semi_automatic", strip.car.label_id)
    assert made.prompts[0]["from"] == str(strip.car.pk)
    assert made.prompts[0]["confidence"] == 0.95


def test_a_chosen_object_goes_as_far_as_asked(strip, carry):
    run = carry(objects=[str(strip.tree.pk)], count=2)
    assert (run.result["images"], run.result["carried"]) == (2, 2)
    assert [len(strip.on(name)) for name in ("b.png", "c.png", "d.png")] == [1, 1, 0]


def test_an_object_that_becomes_unsure_stops_and_the_others_go_on(strip, carry):
    strip.bend["c.png"] = lambda given: [answer(CAR, 0.6), given[1]]
    run = carry()
    assert run.message == "4 images, 5 objects carried, 1 needs a look."
    assert [len(strip.on(name)) for name in ("b.png", "c.png", "d.png", "e.png")] == [2, 1, 1, 1]
    ((look,),) = [run.result["needs_a_look"]]
    assert look == {
        "image": str(strip["c.png"].pk), "name": "c.png", "object": str(strip.car.pk), "label": "cat",
        "confidence": 0.6, "reason": "It was not found with enough confidence.",
    }  # fmt: skip


def test_nothing_is_asked_once_every_object_is_lost(strip, carry):
    strip.bend["c.png"] = lambda given: [answer(CAR, 0.9, drifted=True), answer(TREE, 0.99, contested=True)]
    run = carry()
    assert strip.asked == ["b.png", "c.png"]
    reasons = {row["object"]: row["reason"] for row in run.result["needs_a_look"]}
    assert reasons[str(strip.car.pk)] == "What was found looks too little like the object any more."
    assert reasons[str(strip.tree.pk)] == "Another object was found in the same place."


def test_what_is_accepted_there_is_not_covered_and_the_chain_goes_on(strip, carry):
    annotations.create(strip["c.png"], strip.world.bob, None, {"rle": moved(CAR, 4).to_json()})
    run = carry()
    assert [len(strip.on(name)) for name in ("b.png", "c.png", "d.png")] == [2, 1, 2]
    assert (run.result["carried"], run.result["already_there"], run.result["unsure"]) == (7, 1, 0)


def test_running_again_replaces_only_what_nobody_touched(strip, carry, api):
    carry()
    (car, tree), others = strip.on("b.png"), {row.pk for row in strip.on("c.png")}
    api("post", f"suggestions/{car.pk}/accept/", {})
    api("post", f"suggestions/{tree.pk}/reject/")
    run = carry()
    assert strip.on("b.png") == []
    # Rejected there: the tree's chain ends where a person said that it is not there.
    assert [row["reason"] for row in run.result["needs_a_look"]] == ["Somebody rejected it here before."]
    again = strip.on("c.png")
    assert not others & {row.pk for row in again}
    assert [row.carried.trail.source_id for row in again] == [strip.car.pk]
    assert Suggestion.objects.filter(image=strip["b.png"]).count() == 2


def test_another_search_leaves_carried_ones_and_is_left_by_them(strip, carry, api, masks, work_off):
    carry(count=1)
    masks[:] = [found(50, 40, 6, 6)]
    api("post", f"images/{strip['b.png'].pk}/automask/", {})
    work_off()
    assert len(strip.on("b.png")) == 3
    carry(count=1)
    assert len(strip.on("b.png")) == 3


def test_an_image_without_embedding_stops_the_chain_with_the_reason(strip, carry):
    strip.ready -= {"c.png"}
    run = carry()
    assert run.state == "succeeded"
    assert run.result["images"] == 1
    assert run.result["stopped"]["name"] == "c.png"
    assert "“c.png” has no embedding" in run.message


def test_missing_embeddings_are_asked_for_and_made_first(strip, api):
    for image in strip.images[:4]:
        make_embedding(image, strip.world.model)
    api("post", f"images/{strip.world.image.pk}/propagate/", {})
    order = Run.objects.order_by("-priority").values_list("kind", "subject")
    assert list(order) == [("embed", strip["e.png"].pk), ("propagate", strip.world.image.pk)]
    Run.objects.all().delete()
    # Nothing is missing in the next three: somebody who watches need not wait.
    api("post", f"images/{strip.world.image.pk}/propagate/", {"count": 3})
    assert [(run.kind, run.priority) for run in Run.objects.all()] == [("propagate", 5)]


def test_a_run_that_died_goes_on_behind_the_last_image_without_doubles(strip, api, monkeypatch, work_off):
    annotations.create(strip["b.png"], strip.world.bob, None, {"rle": moved(CAR, 2).to_json()})

    def dies(given):
        del strip.bend["d.png"]
        raise KeyboardInterrupt  # as a killed worker: nothing after this runs

    strip.bend |= {"d.png": dies, "c.png": lambda given: [given[0], answer(TREE, 0.5)]}
    api("post", f"images/{strip.world.image.pk}/propagate/", {})
    run = lease.claim(Run.objects.get(kind="propagate").pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    Run.objects.filter(pk=run.pk).update(state="queued", claim=None)
    done = work_off()[-1]
    assert strip.asked == ["b.png", "c.png", "d.png", "d.png", "e.png"]
    # The car was accepted in b.png, and is carried on all the same; the tree was lost in c.png before the worker died.
    assert [row.rle for row in strip.on("e.png")] == [moved(CAR, 8).to_json()]
    assert [len(strip.on(name)) for name in ("b.png", "c.png", "d.png")] == [1, 1, 1]
    assert (done.result["carried"], done.result["already_there"], done.result["unsure"]) == (4, 1, 1)
    assert Trail.objects.count() == 2


def test_a_cancelled_run_keeps_what_it_has(strip, api):
    def cancelled(given):
        enqueue.cancel(Run.objects.get(kind="propagate"))
        return given

    strip.bend["c.png"] = cancelled
    api("post", f"images/{strip.world.image.pk}/propagate/", {})
    worker.work(lease.claim(Run.objects.get(kind="propagate").pk))
    assert Run.objects.get(kind="propagate").state == "cancelled"
    assert len(strip.on("b.png")) == 2


def test_an_image_deleted_while_it_was_searched_is_passed_over(strip, carry):
    def deleted(given):
        strip["c.png"].delete()
        return given

    strip.bend["c.png"] = deleted
    run = carry()
    assert run.result["images"] == 3
    assert [row.rle for row in strip.on("d.png")] == [moved(mask, 4).to_json() for mask in (CAR, TREE)]


def test_a_label_changed_since_is_the_one_proposed(strip, carry, api):
    carry(count=1)
    strip.car.label = strip.tree.label
    strip.car.save()
    shown = api("get", f"images/{strip['b.png'].pk}/suggestions/")[1]["results"]
    assert {row["proposal"]["label"] for row in shown} == {str(strip.tree.label_id)}


def test_asking_twice_is_one_run(strip, api):
    path = f"images/{strip.world.image.pk}/propagate/"
    first, again = (api("post", path, {"count": 2})[1]["id"] for _ in range(2))
    assert first == again != api("post", path, {"count": 3})[1]["id"]


@pytest.mark.parametrize("error", [ValueError("a bad graph"), FileNotFoundError()])
def test_a_model_that_cannot_be_run_is_a_failure_with_its_reason(strip, carry, monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(chain, "follow", fails)
    run = carry()
    assert run.state == "failed"
    assert "b.png" in run.error or "missing from" in run.error


BAD = [
    {"objects": [str(uuid.uuid4())]}, {"objects": "all"}, {"objects": [5]}, {"count": 0}, {"count": 10**9},
    {"count": "x"}, {"steps": 3},
]  # fmt: skip


@pytest.mark.parametrize("body", BAD)
def test_what_makes_no_sense_is_refused(strip, api, body):
    status, error = api("post", f"images/{strip.world.image.pk}/propagate/", body)
    assert (status, error["code"]) == (400, "invalid")


def test_what_cannot_be_done_is_said(strip, api):
    path = "images/{}/propagate/"
    assert api("post", path.format(strip["b.png"].pk), {})[1]["code"] == "no_objects"
    assert api("post", path.format(strip.world.image.pk), {"objects": []})[1]["code"] == "no_objects"
    annotations.create(strip["e.png"], strip.world.bob, None, {"rle": CAR.to_json()})
    assert api("post", path.format(strip["e.png"].pk), {})[1]["code"] == "last_image"
    strip.world.project.model_version = None
    strip.world.project.save()
    assert api("post", path.format(strip.world.image.pk), {})[1]["code"] == "no_model"


def test_listing_carried_suggestions_takes_no_query_per_row(strip, carry, api, django_assert_max_num_queries):
    carry(count=1)
    with django_assert_max_num_queries(12):
        api("get", f"images/{strip['b.png'].pk}/suggestions/")
    assert Carried.objects.count() == 2

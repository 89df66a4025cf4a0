from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from annotator.suggestions.carry import chain
from annotator.suggestions.known import Found
from annotator.suggestions.models import Carried, Suggestion, Trail
from tests.annotator.suggestions.carry.conftest import CAR, TREE, Strip, answer, moved
from tests.annotator.suggestions.conftest import decision, found
from tests.annotator.world import make_embedding


def test_objects_travel_from_image_to_image_as_suggestions_with_their_labels(
    strip: Strip, carry: Callable[..., Any], api: Callable[..., Any]
) -> None:
    run = carry()
    assert (run.state, run.message) == ("succeeded", "4 images, 8 objects carried.")
    assert (run.result["images"], run.result["carried"], run.result["unsure"]) == (4, 8, 0)
    assert strip.asked == ["d.png", "e.png", "f.png", "g.png"]
    # Each image starts from where the object was found in the one before.
    assert [row.rle for row in strip.on("f.png")] == [moved(mask, 6).to_json() for mask in (CAR, TREE)]
    shown = api("get", f"images/{strip['f.png'].pk}/suggestions/")[1]["results"]
    assert [row["proposal"] for row in shown] == [
        {"label": str(source.label_id), "probability": 0.95} for source in (strip.car, strip.tree)
    ]
    first = shown[0]["carried"]
    assert first == {
        "source": str(strip.car.pk), "image": str(strip.world.image.pk), "step": 3, "confidence": 0.95,
        "track": None,
    }  # fmt: skip
    assert (shown[0]["run"], shown[0]["model_version"]) == (str(run.pk), str(strip.world.model.pk))


def test_an_accepted_one_is_an_object_that_knows_where_it_came_from(
    strip: Strip, carry: Callable[..., Any], api: Callable[..., Any]
) -> None:
    carry(count=1)
    car, _ = strip.on("d.png")
    done = api(
        "post", f"images/{strip['d.png'].pk}/suggestions/bulk/",
        {"operations": [decision("accept", car, data={"label": str(strip.car.label_id)})]},
    )[1]["results"][0]  # fmt: skip
    made = Annotation.objects.get(image=strip["d.png"])
    assert (done["status"], made.stage, made.label_id) == (201, "semi_automatic", strip.car.label_id)
    assert made.prompts[0]["from"] == str(strip.car.pk)
    assert made.prompts[0]["confidence"] == 0.95


def test_a_chosen_object_goes_as_far_as_asked(strip: Strip, carry: Callable[..., Any]) -> None:
    run = carry(objects=[str(strip.tree.pk)], count=2)
    assert (run.result["images"], run.result["carried"]) == (2, 2)
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png")] == [1, 1, 0]


def test_an_object_that_becomes_unsure_stops_and_the_others_go_on(strip: Strip, carry: Callable[..., Any]) -> None:
    strip.bend["e.png"] = lambda given: [answer(CAR, 0.6), given[1]]
    run = carry()
    assert run.message == "4 images, 5 objects carried, 1 needs a look."
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png", "g.png")] == [2, 1, 1, 1]
    ((look,),) = [run.result["needs_a_look"]]
    assert look == {
        "image": str(strip["e.png"].pk), "name": "e.png", "object": str(strip.car.pk), "label": "cat",
        "confidence": 0.6, "reason": "It was not found with enough confidence.", "track": None,
    }  # fmt: skip


def test_nothing_is_asked_once_every_object_is_lost(strip: Strip, carry: Callable[..., Any]) -> None:
    strip.bend["e.png"] = lambda given: [answer(CAR, 0.9, drifted=True), answer(TREE, 0.99, contested=True)]
    run = carry()
    assert strip.asked == ["d.png", "e.png"]
    reasons = {row["object"]: row["reason"] for row in run.result["needs_a_look"]}
    assert reasons[str(strip.car.pk)] == "What was found looks too little like the object any more."
    assert reasons[str(strip.tree.pk)] == "Another object was found in the same place."


def test_what_is_accepted_there_is_not_covered_and_the_chain_goes_on(strip: Strip, carry: Callable[..., Any]) -> None:
    annotating.create(strip["e.png"], strip.world.bob, None, {"rle": moved(CAR, 4).to_json()})
    run = carry()
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png")] == [2, 1, 2]
    assert (run.result["carried"], run.result["already_there"], run.result["unsure"]) == (7, 1, 0)


def test_running_again_replaces_only_what_nobody_touched(
    strip: Strip, carry: Callable[..., Any], api: Callable[..., Any]
) -> None:
    carry()
    (car, tree), others = strip.on("d.png"), {row.pk for row in strip.on("e.png")}
    api("post", f"suggestions/{car.pk}/accept/", {})
    api("post", f"suggestions/{tree.pk}/reject/")
    run = carry()
    assert strip.on("d.png") == []
    # Rejected there: the tree's chain ends where a person said that it is not there.
    assert [row["reason"] for row in run.result["needs_a_look"]] == ["Somebody rejected it here before."]
    again = strip.on("e.png")
    assert not others & {row.pk for row in again}
    assert [row.carried.trail.source_id for row in again] == [strip.car.pk]
    assert Suggestion.objects.filter(image=strip["d.png"]).count() == 2


def test_another_search_leaves_carried_ones_and_is_left_by_them(
    strip: Strip,
    carry: Callable[..., Any],
    api: Callable[..., Any],
    masks: list[Found],
    work_off: Callable[[], list[Run]],
) -> None:
    carry(count=1)
    masks[:] = [found(50, 40, 6, 6)]
    api("post", f"images/{strip['d.png'].pk}/automask/", {})
    work_off()
    assert len(strip.on("d.png")) == 3
    carry(count=1)
    assert len(strip.on("d.png")) == 3


def test_an_image_without_embedding_stops_the_chain_with_the_reason(strip: Strip, carry: Callable[..., Any]) -> None:
    strip.ready -= {"e.png"}
    run = carry()
    assert run.state == "succeeded"
    assert run.result["images"] == 1
    assert run.result["stopped"]["name"] == "e.png"
    assert "“e.png” has no embedding" in run.message


def test_missing_embeddings_are_asked_for_and_made_first(strip: Strip, api: Callable[..., Any]) -> None:
    for image in strip.images[:4]:
        make_embedding(image, strip.world.model)
    api("post", f"images/{strip.world.image.pk}/propagate/", {})
    order = Run.objects.order_by("-priority").values_list("kind", "subject")
    assert list(order) == [("embed", strip["g.png"].pk), ("propagate", strip.world.image.pk)]
    Run.objects.all().delete()
    # Nothing is missing in the next three: somebody who watches need not wait.
    api("post", f"images/{strip.world.image.pk}/propagate/", {"count": 3})
    assert [(run.kind, run.priority) for run in Run.objects.all()] == [("propagate", 5)]


def test_a_run_that_died_goes_on_behind_the_last_image_without_doubles(
    strip: Strip, api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], list[Run]]
) -> None:
    annotating.create(strip["d.png"], strip.world.bob, None, {"rle": moved(CAR, 2).to_json()})

    def dies(given: Any) -> None:
        del strip.bend["f.png"]
        raise KeyboardInterrupt  # as a killed worker: nothing after this runs

    strip.bend |= {"f.png": dies, "e.png": lambda given: [given[0], answer(TREE, 0.5)]}
    api("post", f"images/{strip.world.image.pk}/propagate/", {})
    run = lease.claim(Run.objects.get(kind="propagate").pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    Run.objects.filter(pk=run.pk).update(state="queued", claim=None)
    done = work_off()[-1]
    assert strip.asked == ["d.png", "e.png", "f.png", "f.png", "g.png"]
    # The car was accepted in d.png, and is carried on all the same; the tree was lost in e.png before the worker died.
    assert [row.rle for row in strip.on("g.png")] == [moved(CAR, 8).to_json()]
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png")] == [1, 1, 1]
    assert (done.result["carried"], done.result["already_there"], done.result["unsure"]) == (4, 1, 1)
    assert Trail.objects.count() == 2


def test_a_cancelled_run_keeps_what_it_has(strip: Strip, api: Callable[..., Any]) -> None:
    def cancelled(given: Any) -> Any:
        enqueue.cancel(Run.objects.get(kind="propagate"))
        return given

    strip.bend["e.png"] = cancelled
    api("post", f"images/{strip.world.image.pk}/propagate/", {})
    worker.work(lease.claim(Run.objects.get(kind="propagate").pk))
    assert Run.objects.get(kind="propagate").state == "cancelled"
    assert len(strip.on("d.png")) == 2


def test_an_image_deleted_while_it_was_searched_is_passed_over(strip: Strip, carry: Callable[..., Any]) -> None:
    def deleted(given: Any) -> Any:
        strip["e.png"].delete()
        return given

    strip.bend["e.png"] = deleted
    run = carry()
    assert run.result["images"] == 3
    assert [row.rle for row in strip.on("f.png")] == [moved(mask, 4).to_json() for mask in (CAR, TREE)]


def test_a_label_changed_since_is_the_one_proposed(
    strip: Strip, carry: Callable[..., Any], api: Callable[..., Any]
) -> None:
    carry(count=1)
    strip.car.label = strip.tree.label
    strip.car.save()
    shown = api("get", f"images/{strip['d.png'].pk}/suggestions/")[1]["results"]
    assert {row["proposal"]["label"] for row in shown} == {str(strip.tree.label_id)}


def test_asking_twice_is_one_run(strip: Strip, api: Callable[..., Any]) -> None:
    path = f"images/{strip.world.image.pk}/propagate/"
    first, again = (api("post", path, {"count": 2})[1]["id"] for _ in range(2))
    assert first == again != api("post", path, {"count": 3})[1]["id"]


@pytest.mark.parametrize("error", [ValueError("a bad graph"), FileNotFoundError()])
def test_a_model_that_cannot_be_run_is_a_failure_with_its_reason(
    strip: Strip, carry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(chain, "follow", fails)
    run = carry()
    assert run.state == "failed"
    assert "d.png" in run.error or "missing from" in run.error


BAD = [
    {"objects": [str(uuid.uuid4())]}, {"objects": "all"}, {"objects": [5]}, {"count": 0}, {"count": 10**9},
    {"count": "x"}, {"steps": 3},
]  # fmt: skip


@pytest.mark.parametrize("body", BAD)
def test_what_makes_no_sense_is_refused(strip: Strip, api: Callable[..., Any], body: Any) -> None:
    status, error = api("post", f"images/{strip.world.image.pk}/propagate/", body)
    assert (status, error["code"]) == (400, "invalid")


def test_what_cannot_be_done_is_said(strip: Strip, api: Callable[..., Any]) -> None:
    path = "images/{}/propagate/"
    assert api("post", path.format(strip["d.png"].pk), {})[1]["code"] == "no_objects"
    assert api("post", path.format(strip.world.image.pk), {"objects": []})[1]["code"] == "no_objects"
    annotating.create(strip["g.png"], strip.world.bob, None, {"rle": CAR.to_json()})
    assert api("post", path.format(strip["g.png"].pk), {})[1]["code"] == "last_image"
    strip.world.project.model_version = None
    strip.world.project.save()
    assert api("post", path.format(strip.world.image.pk), {})[1]["code"] == "no_model"


def test_listing_carried_suggestions_takes_no_query_per_row(
    strip: Strip,
    carry: Callable[..., Any],
    api: Callable[..., Any],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    carry(count=1)
    with django_assert_max_num_queries(12):
        api("get", f"images/{strip['d.png'].pk}/suggestions/")
    assert Carried.objects.count() == 2

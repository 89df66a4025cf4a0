"""Objects that are only pointed at, by the API: where they are suggested, their tracks, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.runs import lease, worker
from annotator.runs.models import Run
from annotator.suggestions.models import Suggestion, Trail
from tests.annotator.suggestions.carry.conftest import CAR, Strip, answer, moved
from tests.annotator.suggestions.conftest import box_mask, decision

Api = Callable[..., Any]
WorkOff = Callable[[], list[Run]]
CLICK = {"points": [{"x": 30, "y": 20}, {"x": 5, "y": 5, "label": 0}]}
SQUARE = box_mask(26, 16, 8, 8)
"""What the first point of CLICK finds."""


def first(strip: Strip) -> list[Suggestion]:
    return list(Suggestion.objects.filter(image=strip.world.image, state="pending"))


def test_what_is_pointed_at_is_suggested_there_and_along_the_images(
    strip: Strip, carry: Callable[..., Any], api: Api
) -> None:
    run = carry(prompts=[CLICK | {"label": str(strip.tree.label_id)}], count=2)
    assert (run.state, run.message) == ("succeeded", "3 images, 3 objects carried.")
    assert run.params["tracks"] == [1]
    assert strip.pointed[0]["points"] == [{"x": 30.0, "y": 20.0, "label": 1}, {"x": 5.0, "y": 5.0, "label": 0}]
    (here,) = first(strip)
    assert here.rle == SQUARE.to_json()
    assert [row.rle for row in strip.on("e.png")] == [moved(SQUARE, 4).to_json()]
    shown = api("get", f"images/{strip['e.png'].pk}/suggestions/")[1]["results"]
    assert shown[0]["carried"] == {
        "source": None, "image": str(strip.world.image.pk), "step": 2, "confidence": 0.95, "track": 1,
    }  # fmt: skip
    assert shown[0]["proposal"]["label"] == str(strip.tree.label_id)
    # Only what was pointed at goes along; what is drawn there stays.
    assert Annotation.objects.count() == 2


def test_accepted_it_knows_the_points_and_its_track(strip: Strip, carry: Callable[..., Any], api: Api) -> None:
    carry(prompts=[CLICK | {"box": [20, 10, 100, 20]}], count=1)
    (here,) = first(strip)
    path = f"images/{strip.world.image.pk}/suggestions/bulk/"
    assert api("post", path, {"operations": [decision("accept", here)]})[1]["results"][0]["status"] == 201
    made = Annotation.objects.get(suggestions=here)
    assert made.attributes == {"track_id": 1}
    assert made.prompts[0]["points"] == [{"x": 30.0, "y": 20.0, "label": 1}, {"x": 5.0, "y": 5.0, "label": 0}]
    assert made.prompts[0]["box"] == [20.0, 10.0, 64.0, 30.0]  # cut to the image
    (there,) = strip.on("d.png")
    api("post", f"images/{strip['d.png'].pk}/suggestions/bulk/", {"operations": [decision("accept", there)]})
    accepted = Annotation.objects.get(image=strip["d.png"])
    assert accepted.attributes == {"track_id": 1}
    assert accepted.prompts[0]["confidence"] == 0.95


def test_the_same_places_again_are_the_same_track_and_replace_what_nobody_judged(
    strip: Strip, carry: Callable[..., Any]
) -> None:
    carry(prompts=[CLICK])
    before = strip.on("d.png")[0].pk
    again = carry(prompts=[CLICK | {"label": str(strip.world.label.pk)}])
    assert again.params["tracks"] == [1]
    (row,) = strip.on("d.png")
    assert row.pk != before
    assert len(first(strip)) == 1
    other = carry(prompts=[{"box": [0, 0, 9, 9]}, CLICK | {"track": 7}])
    assert other.params["tracks"] == [2, 7]
    assert len(strip.on("d.png")) == 3


def test_objects_and_points_go_together(strip: Strip, carry: Callable[..., Any]) -> None:
    run = carry(prompts=[CLICK], objects=[str(strip.car.pk)], count=1)
    assert run.message == "2 images, 3 objects carried."
    assert [row.rle for row in strip.on("d.png")] == [moved(CAR, 2).to_json(), moved(SQUARE, 2).to_json()]
    assert [row.rle for row in first(strip)] == [SQUARE.to_json()]


def test_where_nothing_is_found_the_run_says_so(strip: Strip, carry: Callable[..., Any]) -> None:
    run = carry(prompts=[{"points": [{"x": 0, "y": 20}]}])
    (look,) = run.result["needs_a_look"]
    assert (look["object"], look["track"], look["name"]) == (None, 1, strip.world.image.name)
    assert strip.asked == []
    assert first(strip) == []


def test_a_run_that_died_goes_on_with_what_it_was_pointed_at(strip: Strip, api: Api, work_off: WorkOff) -> None:
    def dies(given: Any) -> None:
        del strip.bend["e.png"]
        raise KeyboardInterrupt  # as a killed worker: nothing after this runs

    strip.bend["e.png"] = dies
    api("post", f"images/{strip.world.image.pk}/propagate/", {"prompts": [CLICK]})
    run = lease.claim(Run.objects.get(kind="propagate").pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    Run.objects.filter(pk=run.pk).update(state="queued", claim=None)
    done = work_off()[-1]
    assert (done.state, done.result["images"], done.result["carried"]) == ("succeeded", 5, 5)
    assert strip.asked == ["d.png", "e.png", "e.png", "f.png", "g.png"]
    assert (len(first(strip)), Trail.objects.count()) == (1, 1)


def test_asking_twice_is_one_run_with_one_trail(strip: Strip, api: Api) -> None:
    path = f"images/{strip.world.image.pk}/propagate/"
    one, two = (api("post", path, {"prompts": [CLICK]})[1]["id"] for _ in range(2))
    assert one == two
    assert Trail.objects.count() == 1


def test_an_unsure_one_is_told_in_the_timeline_with_its_label(
    strip: Strip, carry: Callable[..., Any], api: Api
) -> None:
    strip.bend["e.png"] = lambda given: [answer(CAR, 0.5)]
    carry(prompts=[CLICK | {"label": str(strip.world.label.pk)}])
    told = api("get", f"images/{strip['d.png'].pk}/tracks/")[1]
    (track,) = told["tracks"]
    assert (track["track"], track["label"]) == (1, str(strip.world.label.pk))
    assert [cell["kind"] for cell in track["cells"]] == ["suggested", "suggested", "lost"]


BAD = [
    ({}, "at least one point of it, or a box"),
    ({"points": [{"x": 5, "y": 5, "label": 0}]}, "at least one point of it, or a box"),
    ({"points": [{"x": 65, "y": 5}]}, "The point (65, 5) is not on “cat.png”, which has 64 × 48 pixels."),
    ({"points": [{"x": 5, "y": -0.5}]}, "is not on"),
    ({"points": [{"x": 5, "y": 1e300}]}, "is not on"),
    ({"points": [{"x": 5}]}, "required"),
    ({"points": [{"x": "5", "y": 5}]}, "A number is needed"),
    ({"points": [{"x": True, "y": 5}]}, "A number is needed"),
    ({"points": [[5, 5]]}, "dictionary"),
    ({"points": {"x": 5, "y": 5}}, "list"),
    ({"points": None}, "null"),
    ({"points": [{"x": 5, "y": 5, "label": 2}]}, "less than or equal to 1"),
    ({"points": [{"x": 5, "y": 5, "label": True}]}, "whole number"),
    ({"points": [{"x": 5, "y": 5, "kind": 1}]}, "unknown"),
    ({"points": [{"x": 5, "y": 5}] * 65}, "64"),
    ({"box": [70, 5, 9, 9]}, "Nothing of the box lies on"),
    ({"box": [5, 5, 0, 9]}, "Nothing of the box lies on"),
    ({"box": [5, 5, -2, 9]}, "Nothing of the box lies on"),
    ({"box": [1, 2, 3]}, "at least 4"),
    ({"box": "all"}, "list"),
    ({"box": [0, 0, 9, 9], "track": 0}, "greater than or equal to 1"),
    ({"box": [0, 0, 9, 9], "track": 2**40}, "less than or equal"),
    ({"box": [0, 0, 9, 9], "label": str(uuid.UUID(int=5))}, "not one of the project's labels"),
    ({"box": [0, 0, 9, 9], "label": 5}, "UUID"),
    ({"box": [0, 0, 9, 9], "also": [{"image": str(uuid.UUID(int=5)), "box": [0, 0, 9, 9]}]}, "not in the project"),
    ({"box": [0, 0, 9, 9], "also": [{"box": [0, 0, 9, 9]}]}, "required"),
    ({"box": [0, 0, 9, 9], "also": [{"image": str(uuid.UUID(int=5)), "box": [0, 0, 9, 9]}] * 8}, "7"),
    ({"box": [0, 0, 9, 9], "mask": {}}, "unknown"),
    ("all", "dictionary"),
    (None, "null"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "said"), BAD)
def test_what_makes_no_sense_is_refused(strip: Strip, api: Api, prompt: Any, said: str) -> None:
    status, error = api("post", f"images/{strip.world.image.pk}/propagate/", {"prompts": [prompt]})
    assert (status, error["code"]) == (400, "invalid")
    assert said in str(error)
    assert Run.objects.count() == 0


def test_too_many_objects_and_a_track_twice_are_refused(strip: Strip, api: Api) -> None:
    path = f"images/{strip.world.image.pk}/propagate/"
    status, error = api("post", path, {"prompts": [CLICK] * 51})
    assert (status, "50" in str(error)) == (400, True)
    status, error = api("post", path, {"prompts": [CLICK | {"track": 3}, {"box": [0, 0, 9, 9], "track": 3}]})
    assert (status, "Track 3 is asked for twice" in str(error)) == (400, True)


def test_other_images_take_a_model_that_remembers(strip: Strip, api: Api) -> None:
    also = [{"image": str(strip["e.png"].pk), "box": [0, 0, 9, 9]}]
    status, error = api("post", f"images/{strip.world.image.pk}/propagate/", {"prompts": [CLICK | {"also": also}]})
    assert status == 400
    assert "Only a model that remembers images (SAM 2, EdgeTAM)" in error["message"]


def test_somebody_elses_object_there_is_not_covered(strip: Strip, carry: Callable[..., Any]) -> None:
    annotating.create(strip.world.image, strip.world.bob, None, {"rle": SQUARE.to_json()})
    run = carry(prompts=[CLICK], count=1)
    assert first(strip) == []
    assert (run.result["carried"], run.result["already_there"]) == (1, 1)

"""Carrying with a model that remembers: tracks, both directions, corrections, and where it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.runs import lease, worker
from annotator.runs.models import Run
from annotator.suggestions.carry import chain, memory
from annotator.suggestions.models import Suggestion
from export import rle
from sam_backend import Embedding, video
from tests.annotator.suggestions.carry.conftest import Strip
from tests.annotator.suggestions.conftest import HEIGHT, WIDTH, box_mask, decision
from tests.annotator.world import World

SIDE = 64
"""Of the logits; stretched over the image."""


class Answer:
    def __init__(self, logits: Any, score: float) -> None:
        self.logits, self.score, self.iou = logits, score, 0.9


class FakeTracker:
    """Repeats what was drawn nearest in time, a pixel further with each image; `gone` are numbers of images where
    nothing is there any more."""

    def __init__(self) -> None:
        self.gone: set[int] = set()
        self.dies_at = 0
        self.drawn: list[int] = []
        self.pointed: list[video.Prompt] = []
        self.asked: list[tuple[int, int]] = []

    def bank(self) -> dict[int, Any]:
        return {}

    def features(self, maps: Any) -> Any:
        return maps

    def mark(self, bank: dict[int, Any], number: int, features: Any, prompt: Any, *, step: int) -> Answer:
        """What is pointed at is the square of eight pixels whose corner is the first point."""
        self.drawn.append(number)
        if prompt.mask is None:
            self.pointed.append(prompt)
            x, y = (round(side) for side in prompt.coords[0])
            bank[number] = rle.decode(box_mask(x, y * HEIGHT // SIDE, 8, 8))
        else:
            bank[number] = prompt.mask
        return self._answer(bank[number], number)

    def follow(self, bank: dict[int, Any], number: int, features: Any, *, step: int, begin: int) -> Answer:
        self.asked.append((number, step))
        if number == self.dies_at:
            raise KeyboardInterrupt
        nearest = min(bank, key=lambda other: abs(other - number))
        return self._answer(np.roll(bank[nearest], number - nearest, axis=1), number)

    def _answer(self, mask: Any, number: int) -> Answer:
        logits = np.where(mask[np.arange(SIDE) * HEIGHT // SIDE], 8.0, -8.0).astype(np.float32)
        return Answer(logits, -2.0 if number in self.gone else 3.0)


@pytest.fixture
def tracker(strip: Strip, ready: World, monkeypatch: pytest.MonkeyPatch) -> FakeTracker:
    """What follows; the project's model says that it remembers."""
    made = FakeTracker()
    frame = {"input": {"size": SIDE, "fit": "stretch"}, "decoder": {"point_frame": SIDE}}
    ready.model.manifest = ready.model.manifest | {"remembers": True}
    ready.model.save()

    def follower(version: Any, images: int, *, step: int, begin: int) -> memory.Follower:
        assert images == len(strip.images)
        return memory.Follower(made, [], frame, step, begin)

    monkeypatch.setattr(memory, "follower", follower)
    monkeypatch.setattr(video, "can_follow", lambda: True)
    monkeypatch.setattr(chain, "embedding_of", lambda image, version: _embedding(strip, image))
    return made


def _embedding(strip: Strip, image: Any) -> Embedding | None:
    return Embedding({}, (HEIGHT, WIDTH), "") if image.name in strip.ready else None


def tracks(strip: Strip, name: str) -> list[int | None]:
    return [row.carried.trail.track for row in strip.on(name)]


def test_objects_get_tracks_and_suggestions_keep_them(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any], api: Callable[..., Any]
) -> None:
    run = carry()
    assert (run.state, run.message) == ("succeeded", "4 images, 8 objects carried.")
    for row, track in ((strip.car, 1), (strip.tree, 2)):
        row.refresh_from_db()
        assert row.attributes == {"track_id": track}
    assert tracks(strip, "g.png") == [1, 2]
    shown = api("get", f"images/{strip['e.png'].pk}/suggestions/")[1]["results"]
    assert [row["carried"]["track"] for row in shown] == [1, 2]
    assert shown[0]["carried"]["confidence"] == 0.953  # the logistic of 3
    accept = {"operations": [decision("accept", strip.on("e.png")[0], data={"attributes": {"blurred": True}})]}
    api("post", f"images/{strip['e.png'].pk}/suggestions/bulk/", accept)
    made = Annotation.objects.get(image=strip["e.png"])
    assert made.attributes == {"track_id": 1, "blurred": True}


def test_a_second_run_makes_no_new_tracks(strip: Strip, tracker: FakeTracker, carry: Callable[..., Any]) -> None:
    carry(objects=[str(strip.tree.pk)], count=1)
    carry()
    strip.tree.refresh_from_db()
    strip.car.refresh_from_db()
    assert (strip.tree.attributes, strip.car.attributes) == ({"track_id": 1}, {"track_id": 2})
    assert len(strip.on("d.png")) == 2


def test_it_goes_backwards(
    strip: Strip, tracker: FakeTracker, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    last = strip["g.png"]
    own = annotating.create(last, strip.world.bob, None, {"rle": box_mask(10, 10, 8, 8).to_json()}).row
    status, run = api("post", f"images/{last.pk}/propagate/", {"backwards": True, "count": 2})
    assert status == 202, run
    assert work_off()[-1].state == "succeeded"
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png")] == [0, 1, 1]
    assert [number for number, _ in tracker.asked] == [3, 2]
    assert {step for _, step in tracker.asked} == {-1}
    assert Suggestion.objects.get(image=strip["f.png"]).carried.trail.source_id == own.pk
    status, refused = api("post", f"images/{strip.world.image.pk}/propagate/", {"backwards": True})
    assert (status, refused["code"]) == (409, "last_image")
    assert "first image" in refused["message"]


def test_it_stops_and_asks_where_the_object_is_not_seen(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any], api: Callable[..., Any]
) -> None:
    tracker.gone = {2}
    run = carry(objects=[str(strip.car.pk)])
    assert run.message == "2 images, 1 object carried, 1 needs a look."
    (look,) = run.result["needs_a_look"]
    assert (look["name"], look["reason"]) == ("e.png", "It is not seen in this image any more.")
    status, timeline = api("get", f"images/{strip['d.png'].pk}/tracks/")
    assert status == 200
    names = [image["name"] for image in timeline["images"]]
    assert names[timeline["here"]] == "d.png"
    (track,) = timeline["tracks"]
    told = {names[cell["at"]]: (cell["kind"], cell["reason"]) for cell in track["cells"]}
    assert told == {
        strip.world.image.name: ("object", ""), "d.png": ("suggested", ""),
        "e.png": ("lost", "It is not seen in this image any more."),
    }  # fmt: skip
    assert (track["track"], track["label"]) == (1, str(strip.car.label_id))


def test_a_correction_is_where_the_next_walk_begins(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any], api: Callable[..., Any],
    work_off: Callable[[], list[Run]],
) -> None:  # fmt: skip
    carry(objects=[str(strip.car.pk)])
    before = strip.on("d.png")[0].pk
    fixed = box_mask(30, 20, 6, 6)
    data = {"rle": fixed.to_json(), "attributes": {"track_id": 1}}
    annotating.create(strip["e.png"], strip.world.bob, None, data)
    tracker.drawn.clear()
    api("post", f"images/{strip['e.png'].pk}/propagate/", {})
    work_off()
    assert tracker.drawn == [0, 2]
    assert strip.on("d.png")[0].pk == before
    (after,) = strip.on("g.png")
    moved = rle.decode(rle.Rle.from_json(after.rle))
    assert moved.sum() == 36
    assert moved[20:26, 32:38].all()


def test_what_was_drawn_on_the_way_counts_and_gets_no_suggestion(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any]
) -> None:
    strip.car.attributes = {"track_id": 7}
    strip.car.save()
    data = {"rle": box_mask(30, 20, 6, 6).to_json(), "attributes": {"track_id": 7}}
    annotating.create(strip["f.png"], strip.world.bob, None, data)
    carry(objects=[str(strip.car.pk)])
    assert [number for number, _ in tracker.asked] == [1, 2, 4]
    assert [len(strip.on(name)) for name in ("e.png", "f.png", "g.png")] == [1, 0, 1]
    assert rle.area(rle.Rle.from_json(strip.on("g.png")[0].rle)) == 36


def test_a_dead_workers_run_begins_anew_and_keeps_what_was_decided(
    strip: Strip, tracker: FakeTracker, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    tracker.dies_at = 3
    api("post", f"images/{strip.world.image.pk}/propagate/", {"objects": [str(strip.car.pk)]})
    run = lease.claim(Run.objects.get(kind="propagate").pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    (first,) = strip.on("d.png")
    api("post", f"images/{strip['d.png'].pk}/suggestions/bulk/", {"operations": [decision("accept", first)]})
    tracker.dies_at = 0
    Run.objects.filter(pk=run.pk).update(state="queued", claim=None)
    done = work_off()[-1]
    assert (done.state, done.result["images"], done.result["carried"]) == ("succeeded", 4, 3)
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png", "g.png")] == [0, 1, 1, 1]
    first.refresh_from_db()
    assert first.state == "accepted"
    # What was accepted meanwhile is a drawn object of the track now.
    assert tracker.drawn[-2:] == [0, 1]


def test_without_pytorch_objects_are_carried_as_before(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "can_follow", lambda: False)
    monkeypatch.setattr(chain, "embedding_of", strip.embedding_of)
    run = carry()
    assert run.message == "4 images, 8 objects carried."
    assert "no PyTorch" in run.log
    assert tracker.asked == []


def test_too_many_objects_are_refused(strip: Strip, tracker: FakeTracker, api: Callable[..., Any]) -> None:
    for place in range(49):
        mask = box_mask(place, 40, 2, 2)
        annotating.create(strip.world.image, strip.world.bob, None, {"rle": mask.to_json()})
    status, refused = api("post", f"images/{strip.world.image.pk}/propagate/", {})
    assert status == 400
    assert "Up to 50 objects can be carried along at once; these are 51. Choose some" in refused["message"]


def test_an_image_without_embedding_stops_the_walk(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any]
) -> None:
    strip.ready.discard("f.png")
    run = carry()
    assert run.result["stopped"]["name"] == "f.png"
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png")] == [2, 2, 0]


def test_points_are_asked_in_the_models_frame_and_those_ahead_count_before_the_walk(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any]
) -> None:
    ahead = [{"image": str(strip["f.png"].pk), "box": [32, 12, 8, 24]}]
    run = carry(prompts=[{"points": [{"x": 25, "y": 30}], "also": ahead}])
    assert (run.state, run.message) == ("succeeded", "5 images, 5 objects carried.")
    there, here = tracker.pointed
    # The frame is a square of 64, over which pictures of 64 × 48 are stretched; a box comes as its corners.
    assert (here.coords, here.labels) == ([(25.0, 40.0)], [1])
    assert (there.coords, there.labels) == ([(32.0, 16.0), (40.0, 48.0)], [2, 3])
    assert tracker.drawn == [3, 0]
    # On the image ahead the model is not asked again: what it said there is what is suggested.
    assert [number for number, _ in tracker.asked] == [1, 2, 4]
    lefts = [row.bbox[0] for name in ("d.png", "e.png", "f.png", "g.png") for row in strip.on(name)]
    assert lefts == [26, 31, 32, 33]
    assert Suggestion.objects.get(image=strip.world.image).bbox[:2] == [25, 30]
    assert tracks(strip, "g.png") == [1]


def test_pointing_at_a_track_reads_what_people_drew_of_it(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any]
) -> None:
    data = {"rle": box_mask(30, 20, 6, 6).to_json(), "attributes": {"track_id": 5}}
    annotating.create(strip["f.png"], strip.world.bob, None, data)
    run = carry(prompts=[{"points": [{"x": 8, "y": 12}], "track": 5}])
    assert run.params["tracks"] == [5]
    assert tracker.drawn == [3, 0, 3]
    assert [len(strip.on(name)) for name in ("d.png", "e.png", "f.png", "g.png")] == [1, 1, 0, 1]


def test_an_object_pointed_at_that_is_not_there_needs_a_look_at_once(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any]
) -> None:
    tracker.gone = {0}
    run = carry(prompts=[{"points": [{"x": 8, "y": 12}]}])
    (look,) = run.result["needs_a_look"]
    assert (look["name"], look["object"], look["track"]) == (strip.world.image.name, None, 1)
    assert tracker.asked == []


def test_other_images_are_told_to_be_left_out_without_pytorch(
    strip: Strip, tracker: FakeTracker, carry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "can_follow", lambda: False)
    monkeypatch.setattr(chain, "embedding_of", strip.embedding_of)
    also = [{"image": str(strip["f.png"].pk), "box": [32, 12, 8, 24]}]
    run = carry(prompts=[{"points": [{"x": 30, "y": 20}], "also": also}], count=1)
    assert run.state == "succeeded"
    assert "only what was pointed at on the first image counts" in run.log

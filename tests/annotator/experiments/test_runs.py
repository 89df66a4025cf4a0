"""Experiments as runs: what is refused, what fails with a sentence, what a second start does."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from annotator.datasets.snapshots import Wish, freeze
from annotator.experiments import measure
from annotator.experiments.models import Detections, Experiment
from annotator.inference import lending
from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.runs import enqueue
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.suggestions.boxes import services as reading
from tests.annotator.evaluations.conftest import HEIGHT
from tests.annotator.experiments.conftest import Filled
from tests.annotator.world import World, make_model_version, make_project

BOX = {"file_name": "cat.png", "bbox": [0, 0, 32, HEIGHT], "score": 0.9, "category": "cat"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def path_of(masks: SimpleNamespace) -> str:
    return f"projects/{masks.project.pk}/experiments/"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "task"), ({"task": "text"}, "task"), ({"task": "point", "limit": 0}, "limit"),
        ({"task": "point", "limit": "5"}, "limit"), ({"task": "point", "points": 16}, "points"),
        ({"task": "proposals", "points": 65}, "points"), ({"task": "point", "model": NOBODY}, "model"),
        ({"task": "point", "snapshot": NOBODY}, "snapshot"), ({"task": "point", "colour": 1}, "colour"),
        ({"task": "point", "boxes": {"results": [BOX]}}, "boxes"),
        ({"task": "instances", "boxes": {"results": []}}, "boxes.results"),
        ({"task": "instances", "boxes": {"results": [BOX | {"score": "high"}]}}, "boxes.results"),
        ({"task": "instances", "boxes": {"results": [{"bbox": [0, 0, 9, 9]}]}}, "boxes.results"),
        ({"task": "instances", "boxes": {"results": [BOX | {"file_name": "nowhere.png"}]}}, "boxes.results"),
        ({"task": "instances", "boxes": {"results": [BOX | {"bbox": [70, 0, 9, 9]}]}}, "boxes.results"),
        ({"task": "instances", "boxes": {"results": [BOX | {"bbox": [0, 0, -9, 9]}]}}, "boxes.results"),
        ({"task": "instances", "boxes": {"results": [None]}}, "boxes.results.0"),
    ],
)  # fmt: skip
def test_a_wrong_request_names_its_field(
    masks: SimpleNamespace, api: Callable[..., Any], body: dict[str, Any], field: str
) -> None:
    status, answer = api("post", path_of(masks), body)
    assert (status, list(answer["fields"])) == (400, [field]), answer
    assert not Run.objects.exists()


def test_numbers_that_are_none_and_too_many_boxes_are_refused(
    masks: SimpleNamespace, api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '{"task": "instances", "boxes": {"results": [{"file_name": "cat.png", "bbox": [0, 0, NaN, 9], "score": 1}]}}'
    address = f"/api/v1/{path_of(masks)}"
    answer = masks.world.as_alice.post(address, text, content_type="application/json")
    assert (answer.status_code, answer.json()["message"]) == (
        400, "The request's body is not valid JSON: NaN is not JSON",
    )  # fmt: skip
    monkeypatch.setattr(reading, "MOST_BOXES", 1)
    status, body = api("post", path_of(masks), {"task": "instances", "boxes": {"results": [BOX, BOX]}})
    assert (status, body["fields"]["boxes.results"]) == (400, ["Up to 1 boxes can be sent at once; these are 2."])


def test_a_snapshot_of_another_project_is_none_of_this_one(masks: SimpleNamespace, api: Callable[..., Any]) -> None:
    other = freeze(make_project(masks.world.alice, "Dogs"), masks.world.alice, wish=Wish(name="theirs"))
    status, answer = api("post", path_of(masks), {"task": "point", "snapshot": str(other.pk)})
    assert (status, list(answer["fields"])) == (400, ["snapshot"])


def test_without_masks_model_or_cover_there_is_nothing_to_start(world: World, api: Callable[..., Any]) -> None:
    path = f"projects/{world.project.pk}/experiments/"
    world.project.model_version = None
    world.project.save()
    assert api("post", path, {"task": "point"})[1]["code"] == "no_model"
    chosen = {"model": str(world.model.pk)}
    assert api("post", path, {"task": "point"} | chosen)[1]["code"] == "no_masks"
    empty = freeze(world.project, world.alice, wish=Wish(name="empty"))
    assert api("post", path, {"task": "point", "snapshot": str(empty.pk)} | chosen)[1]["code"] == "no_masks"


def test_edges_are_not_offered_where_masks_cover_no_image(masks: SimpleNamespace, api: Callable[..., Any]) -> None:
    status, answer = api("post", path_of(masks), {"task": "edges"})
    assert (status, answer["code"]) == (409, "not_covered")


def test_the_same_request_while_one_waits_gives_the_run_there_is(
    masks: SimpleNamespace, api: Callable[..., Any]
) -> None:
    def asked(**body: Any) -> str:
        return str(api("post", path_of(masks), {"task": "instances"} | body)[1]["id"])

    assert asked() == asked()
    boxes = {"results": [BOX]}
    assert asked(boxes=boxes) == asked(boxes=boxes) != asked()
    assert asked(boxes={"results": [BOX | {"score": 0.8}]}) != asked(boxes=boxes)
    assert Detections.objects.count() == 2


def test_what_was_removed_before_it_began_is_told(
    masks: SimpleNamespace, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    other = make_model_version("other")
    frozen = freeze(masks.project, masks.world.alice, wish=Wish(name="first"))
    for body in ({"model": str(other.pk)}, {"snapshot": str(frozen.pk)}):
        assert api("post", path_of(masks), {"task": "point"} | body)[0] == 202
    other.delete()
    frozen.delete()
    assert {run.error for run in work_off()} == {
        "The project, its snapshot or the model was removed before this run began."
    }


def test_a_picture_without_its_file_is_named_and_the_rest_measured(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    storage.delete_blob(masks.other.sha256)
    run = experiment("point")
    assert (run.state, run.result["missing"], run.result["images"]) == ("succeeded", ["dog.png"], 1)
    storage.delete_blob(masks.image.sha256)
    assert "None of the drawn images could be read" in experiment("point", limit=9).error


def test_boxes_of_no_measured_image_or_label_are_told(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled
) -> None:
    run = experiment("instances", boxes={"results": [BOX | {"category": "zebra"}]})
    assert run.error == "None of the boxes names a label that a mask has: “zebra”."


def test_a_broken_package_is_told_in_a_sentence(
    experiment: Callable[..., Run], masks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(version: ModelVersion, purpose: Any) -> None:
        raise ValueError("decode.onnx does not match its hash.")

    monkeypatch.setattr(lending, "load", broken)
    assert experiment("point").error == "tiny 1 could not be measured: decode.onnx does not match its hash."
    assert not Experiment.objects.exists()


def test_a_cancelled_run_stops_while_the_model_works(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = measure._Shown.predict

    def cancel_then_ask(self: Any, *args: Any, **kwargs: Any) -> Any:
        enqueue.cancel(Run.objects.get())
        self._progress.__self__._context._written = 0.0  # the next sign of life is written at once
        return told(self, *args, **kwargs)

    monkeypatch.setattr(measure._Shown, "predict", cancel_then_ask)
    assert experiment("point").state == "cancelled"
    assert not Experiment.objects.exists()


def test_a_run_whose_worker_died_begins_anew_and_a_finished_one_measures_nothing(
    experiment: Callable[..., Run],
    masks: SimpleNamespace,
    filled: Filled,
    work_off: Callable[[], list[Run]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = measure.measure

    def killed(*args: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(measure, "measure", killed)
    with pytest.raises(SystemExit):
        experiment("instances", boxes={"results": [BOX]})
    monkeypatch.setattr(measure, "measure", measured)
    again = {"state": State.QUEUED, "claim": None}
    Run.objects.update(**again)
    (done,) = work_off()
    assert done.state == "succeeded", done.error
    monkeypatch.setattr(measure, "measure", killed)
    Run.objects.update(**again)
    assert work_off()[0].result == done.result


def test_numbers_are_listed_downloaded_and_deleted(
    experiment: Callable[..., Run], masks: SimpleNamespace, filled: Filled, api: Callable[..., Any]
) -> None:
    run = experiment("instances", boxes={"results": [BOX, BOX | {"bbox": [1, 1, 5, 5], "score": 0.5}]})
    pk = run.result["experiment"]
    _, listed = api("get", path_of(masks))
    _, one = api("get", f"experiments/{pk}/")
    assert listed["results"] == [one]
    assert (one["task"], one["paper"]) == ("instances", "Kirillov et al. 2023, section 7.4, appendix D.4")
    _, text = api("get", f"experiments/{pk}/csv/")
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(text))}
    assert float(rows["ap"]["value"]) == one["summary"]["overall"]["ap"]
    low, high = one["summary"]["intervals"]["ap"]
    assert (float(rows["ap"]["low_95"]), float(rows["ap"]["high_95"])) == (low, high)
    assert (rows["ap"]["model"], rows["ap"]["data"]) == ("tiny 1", "accepted masks")
    masks.project.model_version = None
    masks.project.save()
    masks.world.model.delete()
    assert api("get", f"experiments/{pk}/")[1]["model_name"] == "tiny 1"
    assert api("delete", f"experiments/{pk}/")[0] == 204
    assert not Experiment.objects.exists()

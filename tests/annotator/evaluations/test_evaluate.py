"""From the request to scores that can be worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.evaluations import masks as drawing
from annotator.evaluations import measure, runner, services
from annotator.evaluations.models import Evaluation, Example
from annotator.evaluations.parameters import Wanted
from annotator.inference import lending
from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.projects import bins
from annotator.projects.services import delete_project
from annotator.runs import enqueue
from annotator.runs.models import Run
from export import rle
from sam_backend import Embedding
from tests.annotator.evaluations.conftest import HEIGHT, WIDTH, LeftHalf, box
from tests.annotator.world import World, client_of, make_image, make_model_version

# The left half as an answer to: itself, a quarter of it (a disjoint quarter is IoU 0.25), the right half.
BY_HAND = (1.0 + 0.25 + 0.0) / 3


def test_scores_are_those_worked_out_by_hand(evaluate: Callable[..., Any], masks: SimpleNamespace) -> None:
    run = evaluate()
    assert run.state == "succeeded", run.error
    assert (run.result["masks"], run.result["images"], run.result["missing"]) == (3, 2, [])
    row = Evaluation.objects.get()
    overall = row.summary["overall"]
    assert overall["miou_1_top"] == pytest.approx(BY_HAND, abs=1e-3)
    assert overall["miou_box"] == pytest.approx(BY_HAND, abs=1e-3)
    assert overall["noc85"] == pytest.approx((1 + 10 + 10) / 3, abs=1e-3)
    assert row.summary["n"] == row.summary["sets"]["project"]["n"] == 3
    assert row.summary["labels"]["cat"]["miou_1_top"] == pytest.approx(0.625, abs=1e-3)
    assert row.summary["labels"]["no label"]["miou_1_top"] == 0
    low, high = row.summary["intervals"]["miou_1_top"]
    assert low <= overall["miou_1_top"] <= high
    json.dumps(row.summary, allow_nan=False)


def test_the_drawn_answers_are_ranked_and_shown_to_members(
    evaluate: Callable[..., Any], masks: SimpleNamespace, api: Callable[..., Any]
) -> None:
    evaluate()
    row = Evaluation.objects.get()
    status, body = api("get", f"evaluations/{row.pk}/")
    assert status == 200
    assert [example["iou"] for example in body["examples"]] == [1.0, 0.25, 0.0]
    assert [example["best"] for example in body["examples"]] == [True, True, False]
    with storage.open_blob(row.examples.first().sha256) as jpeg:
        assert jpeg.read(2) == b"\xff\xd8"


def test_the_list_holds_what_the_run_names(
    evaluate: Callable[..., Any], masks: SimpleNamespace, api: Callable[..., Any]
) -> None:
    run = evaluate()
    _, page = api("get", f"projects/{masks.world.project.pk}/evaluations/")
    assert [row["id"] for row in page["results"]] == run.result["evaluations"]
    assert page["results"][0]["model_name"] == "tiny 1"
    assert page["results"][0]["params"] == Wanted().to_json()


def test_several_models_are_measured_on_the_same_masks_in_the_order_asked_for(
    evaluate: Callable[..., Any], masks: SimpleNamespace
) -> None:
    other = make_model_version("other")
    run = evaluate(models=[str(other.pk), str(masks.world.model.pk)])
    names = [Evaluation.objects.get(pk=pk).model_name for pk in run.result["evaluations"]]
    assert names == ["other 1", "tiny 1"]
    assert {row.summary["n"] for row in Evaluation.objects.all()} == {3}


def test_what_review_rejected_and_what_nobody_accepted_is_left_out(masks: SimpleNamespace) -> None:
    project = masks.world.project
    Annotation.objects.filter(pk=masks.rows[0].pk).update(status="rejected")
    Annotation.objects.filter(pk=masks.rows[1].pk).update(stage="fully_automatic")
    assert [row.pk for row in drawing.accepted(project)] == [masks.rows[2].pk]
    Annotation.objects.filter(pk=masks.rows[1].pk).update(status="approved")
    assert drawing.accepted(project).count() == 2
    bins.put(masks.other)
    assert drawing.accepted(project).count() == 1


def test_the_draw_is_the_same_for_a_seed_and_keeps_to_its_limits(masks: SimpleNamespace) -> None:
    project, image = masks.world.project, masks.world.image
    for x in range(8):
        annotating.create(image, masks.world.bob, None, {"rle": box(x, 0, 3, 5).to_json()})
    everything = drawing.draw(project, 100, 1)
    assert {truth.image.name: len(truth.annotations) for truth in everything} == {"cat.png": 5, "dog.png": 1}

    def ids(limit: int, seed: int) -> list:
        return [a.pk for truth in drawing.draw(project, limit, seed) for a in truth.annotations]

    assert ids(4, 1) == ids(4, 1)
    assert len(ids(4, 1)) == 4
    assert any(ids(4, 1) != ids(4, seed) for seed in range(2, 8))


def test_a_large_picture_is_measured_small(world: World) -> None:
    image = make_image(world.project, "wide.png", (3000, 500))
    assert drawing.small_size(image) == (171, 1024)
    assert drawing.read_pixels(image).shape == (171, 1024, 3)
    annotation = Annotation(rle=box(1500, 0, 1500, 500, (500, 3000)).to_json())
    sample = drawing.read_sample(image, annotation)
    assert sample is not None
    assert (sample.truth.shape, sample.label) == ((171, 1024), "no label")
    assert sample.truth[:, 512:].all()
    assert not sample.truth[:, :512].any()
    dot = Annotation(rle=box(0, 0, 1, 1, (500, 3000)).to_json())
    assert drawing.read_sample(image, dot) is None


def test_masks_made_with_the_model_are_counted(evaluate: Callable[..., Any], masks: SimpleNamespace) -> None:
    Annotation.objects.filter(pk=masks.rows[0].pk).update(model_version=masks.world.model)
    evaluate()
    assert Evaluation.objects.get().own_masks == 1


def test_a_picture_without_its_file_is_named_and_the_rest_measured(
    evaluate: Callable[..., Any], masks: SimpleNamespace
) -> None:
    storage.delete_blob(masks.other.sha256)
    run = evaluate()
    assert run.state == "succeeded"
    assert run.result["missing"] == ["dog.png"]
    assert Evaluation.objects.get().summary["n"] == 2
    storage.delete_blob(masks.world.image.sha256)
    run = evaluate(seed=2)
    assert run.state == "failed"
    assert "could be read" in run.error


def test_a_picture_that_is_not_encoded_yet_is_measured_as_it_would_be_stored(
    evaluate: Callable[..., Any], masks: SimpleNamespace, left_half: LeftHalf
) -> None:
    assert evaluate().state == "succeeded"
    fresh = left_half.encode(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    seen = left_half.embedding.tensors["embedding"]
    assert np.array_equal(seen, Embedding.from_bytes(fresh.to_bytes()).tensors["embedding"])
    assert not np.array_equal(seen, fresh.tensors["embedding"])


def test_a_broken_package_is_told_in_a_sentence(
    evaluate: Callable[..., Any], masks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(version: ModelVersion, purpose: Any) -> None:
        raise ValueError("decode.onnx does not match its hash.")

    monkeypatch.setattr(lending, "load", broken)
    run = evaluate()
    assert run.state == "failed"
    assert run.error == "tiny 1 could not be measured: decode.onnx does not match its hash."
    assert not Evaluation.objects.exists()


def test_a_full_disk_keeps_nothing(
    evaluate: Callable[..., Any], masks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "put_bytes", full)
    run = evaluate()
    assert "no room left" in run.error
    assert not Evaluation.objects.exists()


def test_a_cancelled_run_stops_between_masks(
    evaluate: Callable[..., Any], masks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = runner._Model._tell

    def cancel_then_tell(self: Any, done: int, total: int) -> None:
        if done:
            enqueue.cancel(Run.objects.get())
            self._context._written = 0.0  # the next sign of life is written at once
        told(self, done, total)

    monkeypatch.setattr(runner._Model, "_tell", cancel_then_tell)
    assert evaluate().state == "cancelled"
    assert not Evaluation.objects.exists()


def test_a_second_start_goes_on_with_the_models_that_are_left(
    evaluate: Callable[..., Any], masks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluate()
    monkeypatch.setattr(measure, "measure", None)  # nothing is measured a second time
    again = runner.EvaluateRunner().run(Quiet(first))
    assert again["evaluations"] == first.result["evaluations"]


class Quiet:
    """A context that nobody listens to."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def progress(self, fraction: float, message: str = "") -> None:
        pass

    def log(self, line: str) -> None:
        pass

    def check(self) -> None:
        pass


def test_the_same_request_while_one_waits_gives_the_run_there_is(
    masks: SimpleNamespace, api: Callable[..., Any]
) -> None:
    path = f"projects/{masks.world.project.pk}/evaluations/"
    assert api("post", path, {})[1]["id"] == api("post", path, {})[1]["id"]
    assert api("post", path, {"seed": 5})[1]["id"] != api("post", path, {})[1]["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"clicks": 4}, "clicks"), ({"clicks": 21}, "clicks"), ({"limit": 0}, "limit"), ({"limit": "5"}, "limit"),
        ({"seed": -1}, "seed"), ({"baselines": "yes"}, "baselines"), ({"models": []}, "models"),
        ({"models": ["00000000-0000-4000-8000-000000000000"]}, "models"), ({"colour": 1}, "colour"),
    ],
)  # fmt: skip
def test_a_wrong_request_names_its_field(
    masks: SimpleNamespace, api: Callable[..., Any], body: dict[str, Any], field: str
) -> None:
    status, answer = api("post", f"projects/{masks.world.project.pk}/evaluations/", body)
    assert (status, list(answer["fields"])) == (400, [field])


def test_without_masks_or_model_there_is_nothing_to_start(world: World, api: Callable[..., Any]) -> None:
    path = f"projects/{world.project.pk}/evaluations/"
    world.project.model_version = world.model
    world.project.save()
    status, answer = api("post", path, {})
    assert (status, answer["code"]) == (409, "no_masks")
    world.project.model_version = None
    world.project.save()
    assert api("post", path, {})[1]["code"] == "no_model"


def test_classical_tools_are_refused_where_they_cannot_run(
    masks: SimpleNamespace,
    left_half: LeftHalf,
    api: Callable[..., Any],
    work_off: Callable[[], list[Run]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"projects/{masks.world.project.pk}/evaluations/"
    monkeypatch.setattr(services, "can_run_baselines", lambda: False)
    status, answer = api("post", path, {"baselines": True})
    assert (status, list(answer["fields"])) == (400, ["baselines"])
    monkeypatch.setattr(services, "can_run_baselines", lambda: True)  # the server has OpenCV, the worker does not
    monkeypatch.setattr(runner, "can_run_baselines", lambda: False)
    api("post", path, {"baselines": True})
    (run,) = work_off()
    assert "maskwright[eval]" in run.error


def test_classical_tools_are_measured_on_the_same_masks(evaluate: Callable[..., Any], masks: SimpleNamespace) -> None:
    pytest.importorskip("cv2")
    evaluate(baselines=True, limit=1)
    measured = Evaluation.objects.get().summary["baselines"]
    assert set(measured) == {"grabcut", "felzenszwalb", "flood_fill", "random_walker", "fill_box"}
    assert measured["fill_box"]["miou_box"] == 1


def test_deleting_takes_the_drawings_along(
    evaluate: Callable[..., Any], masks: SimpleNamespace, api: Callable[..., Any]
) -> None:
    evaluate()
    row = Evaluation.objects.get()
    hashes = list(row.examples.values_list("sha256", flat=True))
    assert api("delete", f"evaluations/{row.pk}/")[0] == 204
    assert not any(storage.has_blob(sha) for sha in hashes)


def test_a_picture_in_the_bin_is_not_shown_and_a_deleted_project_leaves_no_drawing(
    evaluate: Callable[..., Any], masks: SimpleNamespace, api: Callable[..., Any]
) -> None:
    evaluate()
    row = Evaluation.objects.get()
    hashes = list(row.examples.values_list("sha256", flat=True))
    bins.put(masks.other)
    assert len(api("get", f"evaluations/{row.pk}/")[1]["examples"]) == 2
    binned = Example.objects.get(image_id=masks.other.pk)
    assert client_of(masks.world.alice).get(f"/files/examples/{binned.pk}/{binned.sha256}").status_code == 404
    delete_project(masks.world.project)
    assert not any(storage.has_blob(sha) for sha in hashes)


def test_looking_up_a_mask_is_decoding_it() -> None:
    mask = np.random.default_rng(0).random((9, 11)) > 0.5
    packed = rle.encode(mask)
    assert np.array_equal(rle.sample(packed, np.arange(9), np.arange(11)), mask)


def test_groups_are_those_that_people_gave(evaluate: Callable[..., Any], masks: SimpleNamespace) -> None:
    first, _, third = masks.rows
    Annotation.objects.filter(pk=first.pk).update(attributes={"skin": "light"})
    Annotation.objects.filter(pk=third.pk).update(attributes={"skin": "dark"})
    evaluate(groups="skin")
    found = Evaluation.objects.get().summary["groups"]
    assert {name: group["miou_1"][0] for name, group in found["groups"].items()} == {"light": 1.0, "dark": 0.0}
    assert found["without"] == 1
    evaluate(groups="label")
    found = Evaluation.objects.order_by("-created").first().summary["groups"]
    assert (list(found["groups"]), found["without"]) == (["cat"], 1)


def test_groups_that_no_mask_belongs_to_are_refused(api: Callable[..., Any], masks: SimpleNamespace) -> None:
    status, body = api("post", f"projects/{masks.world.project.pk}/evaluations/", {"groups": "shoe size"})
    assert (status, list(body["fields"])) == (400, ["groups"])
    assert "No accepted mask has the attribute “shoe size”" in body["message"]

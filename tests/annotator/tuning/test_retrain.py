"""From accepted masks to a version with its numbers, and every way in which that can end without one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.lib.children import follow
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.models import Project
from annotator.projects.video.notes import frame_note
from annotator.reviews.choices import Mode
from annotator.reviews.models import Rule as ReviewRule
from annotator.runs import enqueue
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.tuning import gather, jobs, masks, process
from annotator.tuning.models import Retraining
from tests.annotator.tuning.material import Trainer, learnable, masks_on, report
from tests.annotator.world import World, make_image, make_model_version


def test_a_retraining_leaves_a_version_with_its_numbers(
    world: World, trainer: Trainer, retrain: Callable[..., Run]
) -> None:
    learnable(world)
    run = retrain()
    assert run.state == State.SUCCEEDED, run.error
    row = Retraining.objects.get()
    assert (row.parent, row.verdict, row.masks, row.images) == (world.model, "better", 10, 5)
    assert (run.result["retraining"], run.result["promoted"]) == (str(row.pk), False)
    assert row.report["metrics"]["noc85"]["difference"]["high"] < 0
    assert row.created_by == world.alice
    world.project.refresh_from_db()
    assert world.project.model_version == world.model
    assert not jobs.folder_of(run).path.exists()


def test_the_job_names_stored_embeddings_and_encodes_nothing(
    world: World, trainer: Trainer, retrain: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    images = learnable(world)
    read: list[Any] = []
    written = process.tune

    def noted(folder: Any, told: Any) -> Any:
        read.append(folder.read())
        return written(folder, told)

    monkeypatch.setattr(process, "tune", noted)
    assert retrain(minutes=3).state == State.SUCCEEDED
    (job,) = read
    blobs = set(Embedding.objects.filter(image__in=images).values_list("sha256", flat=True))
    assert {one.blob for one in job.examples} == blobs
    assert all(one.masks[0]["size"] == [48, 64] for one in job.examples)
    assert job.options["seconds"] == 180
    assert Embedding.objects.count() == len(images)


def test_better_with_confidence_is_put_to_use_at_once_where_that_was_wished(
    world: World, trainer: Trainer, retrain: Callable[..., Run]
) -> None:
    learnable(world)
    run = retrain(promote=True)
    assert run.result["promoted"] is True
    world.project.refresh_from_db()
    assert str(world.project.model_version_id) == run.result["version"]


def test_what_is_not_better_is_never_put_to_use_by_itself(
    world: World, trainer: Trainer, retrain: Callable[..., Run]
) -> None:
    learnable(world)
    trainer.plan["report"] = report((-0.2, -0.8, 0.4)).to_json()
    run = retrain(promote=True)
    assert (run.state, run.result["promoted"], run.result["verdict"]) == (State.SUCCEEDED, False, "unsure")
    world.project.refresh_from_db()
    assert world.project.model_version == world.model


def test_where_nothing_helped_there_is_a_row_and_no_version(
    world: World, trainer: Trainer, retrain: Callable[..., Run]
) -> None:
    learnable(world)
    trainer.plan["report"] = report(written=False, better=False, metrics={}, sentence="Nothing helped.").to_json()
    run = retrain(promote=True)
    assert (run.state, run.result["verdict"], run.result["version"]) == (State.SUCCEEDED, "none", None)
    assert Retraining.objects.get().version is None


def test_too_few_masks_are_refused_with_what_is_missing(world: World, api: Callable[..., Any]) -> None:
    learnable(world, images=1, masks=3)
    status, body = api("post", f"projects/{world.project.pk}/retrainings/", {})
    assert (status, body["code"]) == (409, "too_few_masks")
    assert "3 masks on 1 image" in body["message"]
    assert "At least 10 masks on 4 images" in body["message"]
    _, there = api("get", f"projects/{world.project.pk}/retrainings/material/")
    assert (there["masks"], there["images"], there["enough"], there["source"]) == (3, 1, False, "done")


def test_only_what_people_have_finished_counts(world: World) -> None:
    first, second, third, *_ = learnable(world)
    world.project.images.filter(pk=first.pk).update(state=ImageState.IN_PROGRESS)
    assert masks.material(world.project).masks == 8
    ReviewRule.objects.create(project=world.project, mode=Mode.ALL)
    project = Project.objects.get(pk=world.project.pk)
    assert masks.material(project).masks == 0
    world.project.images.filter(pk=second.pk).update(review=ReviewState.ACCEPTED)
    world.project.images.filter(pk=third.pk).update(review=ReviewState.RETURNED)
    found = masks.material(project)
    assert (found.masks, found.source) == (2, "accepted")


def test_frames_of_one_video_count_as_one(world: World) -> None:
    learnable(world)
    world.project.images.update(notes=[frame_note(1.0, "street.mp4")])
    found = masks.material(world.project)
    assert (found.images, found.groups, found.enough) == (5, 1, False)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"says": ["Only one label is left."], "status": 2}, "Only one label is left."),
        ({"wrong": "ValueError: no gradient", "status": 1}, "The training broke off: ValueError: no gradient"),
        ({"report": None}, "without a report"),
    ],
)
def test_a_training_that_ends_badly_leaves_nothing(
    world: World, trainer: Trainer, retrain: Callable[..., Run], plan: dict[str, Any], said: str
) -> None:
    learnable(world)
    trainer.plan |= plan
    before = ModelVersion.objects.count()
    run = retrain()
    assert run.state == State.FAILED
    assert said in run.error
    assert (Retraining.objects.count(), ModelVersion.objects.count()) == (0, before)
    assert not jobs.folder_of(run).path.exists()


def test_a_worker_without_pytorch_says_what_to_install(
    world: World, trainer: Trainer, retrain: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    learnable(world)
    monkeypatch.setattr(gather, "missing_packages", lambda: ["torch"])
    run = retrain()
    assert run.state == State.FAILED
    assert "pip install 'maskwright[train]'" in run.error
    assert trainer.started == []


def test_another_model_chosen_meanwhile_ends_it_with_a_sentence(
    world: World, trainer: Trainer, retrain: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnable(world)
    other = make_model_version("other")
    ended = process.read_report

    def changed(folder: Any) -> Any:
        Project.objects.filter(pk=world.project.pk).update(model_version=other)
        return ended(folder)

    monkeypatch.setattr(process, "read_report", changed)
    run = retrain()
    assert run.state == State.FAILED
    assert "uses other 1 now" in run.error
    assert Retraining.objects.count() == 0


def test_embeddings_that_are_gone_and_cannot_be_made_again_are_said(
    world: World, trainer: Trainer, retrain: Callable[..., Run]
) -> None:
    images = learnable(world)
    for row in Embedding.objects.filter(image__in=images[1:]):
        storage.delete_blob(row.sha256)
    run = retrain()
    assert run.state == State.FAILED
    assert "4 of the images have no embedding any more" in run.error
    assert trainer.started == []


def test_after_the_death_of_a_worker_it_goes_on_from_the_same_job(
    world: World, trainer: Trainer, retrain: Callable[..., Run], work_off: Callable[[], list[Run]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    learnable(world)

    class Killed(BaseException):
        """The process is gone: nothing of it runs any more."""

    def dies(folder: Any, told: Any) -> Any:
        folder.state.mkdir()
        (folder.state / "step-7").touch()
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(process, "tune", dies)
        with pytest.raises(Killed):
            retrain()
    run = Run.objects.get(kind="tune")
    folder = jobs.folder_of(run)
    wrote = json.loads((folder.path / "job.json").read_text())
    jobs.tidy()
    assert (folder.state / "step-7").exists()
    # What is accepted meanwhile changes nothing: the state belongs to these arguments.
    masks_on(world, make_image(world.project, "late.png"), 3)
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, claim=None, lease_until=None)
    (done,) = work_off()
    assert done.state == State.SUCCEEDED, done.error
    assert Retraining.objects.get().masks == sum(len(one["masks"]) for one in wrote["examples"]) == 10
    assert "goes on" in done.log


def test_delivered_again_after_it_was_kept_it_does_no_harm(
    world: World, trainer: Trainer, retrain: Callable[..., Run], work_off: Callable[[], list[Run]]
) -> None:
    learnable(world)
    run = retrain(promote=True)
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, claim=None)
    again = next(run for run in work_off() if run.kind == "tune")
    assert (again.state, again.result) == (State.SUCCEEDED, run.result)
    assert Retraining.objects.count() == 1
    assert len(trainer.started) == 1


def test_cancelled_it_ends_the_process_and_leaves_nothing(
    world: World, trainer: Trainer, retrain: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    learnable(world)
    trainer.plan["waits"] = str(tmp_path / "waits")
    line = {"phase": "train", "done": 4, "total": 8, "loss": 0.5, "seconds_left": 30.0}
    trainer.plan["says"] = [json.dumps(line)]
    told: list[tuple[float, str]] = []
    start = subprocess.Popen
    processes: list[Any] = []

    def started(*args: Any, **kwargs: Any) -> Any:
        processes.append(start(*args, **kwargs))
        return processes[-1]

    def noted(command: list[str], alive: Callable[[], None], *args: Any, **kwargs: Any) -> int:
        def then() -> None:
            if (tmp_path / "waits").exists():
                run = Run.objects.get(kind="tune")
                told.append((run.progress, run.message))
                enqueue.cancel(run)
            alive()

        return follow(command, then, *args, **kwargs)

    monkeypatch.setattr("subprocess.Popen", started)
    monkeypatch.setattr(process, "follow", noted)
    monkeypatch.setattr("annotator.runs.worker.WRITE_EVERY_SECONDS", 0)
    run = retrain()
    assert run.state == State.CANCELLED
    assert processes[0].poll() is not None
    assert Retraining.objects.count() == 0
    jobs.tidy()
    assert not jobs.folder_of(run).path.exists()


def test_progress_says_phase_and_time() -> None:
    line = {"phase": "train", "done": 4, "total": 8, "loss": 0.5, "seconds_left": 130.0}
    share, said = process._reached(line)
    assert share == pytest.approx(0.45)
    assert said == "Training: step 4 of 8 · about 2 min left"
    assert process._reached({}) == (0.05, "Starting PyTorch")

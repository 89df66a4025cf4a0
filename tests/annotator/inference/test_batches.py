"""Encoding several images in one pass where a GPU takes them, and letting others go first."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest

from annotator.inference import embeddings, runner, services
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.projects.embedding import LOOKED_AT, request_embedding
from annotator.projects.models import Image, Project
from annotator.runs import lease, worker
from annotator.runs.models import Run
from sam_backend.encoder import PackageEncoder
from tests.annotator.world import World, make_image

WorkOff = Callable[[], list[Run]]
Pictures = Iterable[np.ndarray]


class FakeGpu:
    """A backend that takes four pictures at once and remembers how many came together."""

    device, dtype = "gpu", "half"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def batch_size(self) -> int:
        return 4

    def encode_all(self, pictures: Pictures) -> Iterator[np.ndarray]:
        together = list(pictures)
        self.batches.append(len(together))
        for picture in together:
            yield np.repeat(picture[:, :1, ::8, ::8], 8, axis=1)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> FakeGpu:
    fake = FakeGpu()
    monkeypatch.setattr(PackageEncoder, "_torch", fake)
    return fake


@pytest.fixture
def images(world: World, tiny: ModelVersion) -> list[Image]:
    """Six images of a project that uses the tiny model."""
    Project.objects.filter(pk=world.project.pk).update(model_version=tiny)
    for number in range(5):
        make_image(world.project, f"dog {number}.png", (20 + number, 20))
    return list(Image.objects.select_related("project").order_by("created"))


def do(run: Run) -> Run:
    """Claim exactly this run and work on it, as one worker would."""
    claimed = lease.claim(run.pk)
    assert claimed is not None
    worker.work(claimed)
    claimed.refresh_from_db()
    return claimed


def states(runs: list[Run]) -> list[str]:
    return [Run.objects.get(pk=run.pk).state for run in runs]


def asked(images: list[Image], **options: int) -> list[Run]:
    return [run for image in images if (run := request_embedding(image, **options))]


def test_queued_images_are_encoded_together_as_far_as_there_is_room(images: list[Image], gpu: FakeGpu) -> None:
    runs = asked(images)
    do(runs[0])
    assert gpu.batches == [4]
    assert states(runs) == ["succeeded"] * 4 + ["queued"] * 2
    finished = Run.objects.get(pk=runs[1].pk)
    row = Embedding.objects.get(image=images[1])
    assert (finished.result["embedding"], finished.result["region"], finished.progress) == (str(row.pk), None, 1.0)
    assert finished.finished is not None
    do(runs[4])
    assert gpu.batches == [4, 2]


def test_a_processor_takes_one_after_the_other(images: list[Image]) -> None:
    runs = asked(images)
    do(runs[0])
    assert states(runs) == ["succeeded"] + ["queued"] * 5


def test_a_picture_somebody_waits_for_takes_none_of_the_bulk_along(images: list[Image], gpu: FakeGpu) -> None:
    bulk = asked(images[:4])
    (looked_at,) = asked(images[4:5], priority=LOOKED_AT)
    do(looked_at)
    assert gpu.batches == [1]
    assert states(bulk) == ["queued"] * 4


def test_runs_of_another_model_are_no_companions(
    world: World, images: list[Image], other: ModelVersion, gpu: FakeGpu
) -> None:
    first, *rest = asked(images)
    Run.objects.filter(pk__in=[run.pk for run in rest]).update(params={"model_version": str(other.pk)})
    do(first)
    assert gpu.batches == [1]


def test_one_that_cannot_be_read_is_done_alone_and_says_why(
    images: list[Image], gpu: FakeGpu, work_off: WorkOff
) -> None:
    runs = asked(images[:3])
    storage.delete_blob(images[1].sha256)
    do(runs[0])
    assert states(runs) == ["succeeded", "queued", "succeeded"]
    (alone,) = work_off()
    assert (alone.state, alone.subject) == ("failed", images[1].pk)
    assert "missing from the server's storage" in alone.error


def test_a_batch_that_fails_leaves_the_others_in_the_queue(
    images: list[Image], gpu: FakeGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gpu.encode_all

    def only_one(pictures: Pictures) -> Iterator[np.ndarray]:
        together = list(pictures)
        if len(together) > 1:
            raise MemoryError
        yield from real(together)

    monkeypatch.setattr(gpu, "encode_all", only_one)
    runs = asked(images[:3])
    assert do(runs[0]).state == "succeeded"
    assert states(runs) == ["succeeded", "queued", "queued"]
    assert Run.objects.get(pk=runs[1].pk).claim is None
    do(runs[1])
    assert states(runs) == ["succeeded", "succeeded", "queued"], "one that failed in company is not asked again"


def test_an_image_deleted_meanwhile_is_no_companion(images: list[Image], gpu: FakeGpu, work_off: WorkOff) -> None:
    runs = asked(images[:2])
    images[1].delete()
    do(runs[0])
    (skipped,) = work_off()
    assert skipped.result == {"skipped": "The image was deleted."}


def test_a_switch_encodes_in_batches(
    world: World, images: list[Image], other: ModelVersion, gpu: FakeGpu, work_off: WorkOff
) -> None:
    services.use_model(images[0].project, other, world.alice)
    (run,) = work_off()
    assert (run.state, run.result["encoded"], gpu.batches) == ("succeeded", 6, [4, 2])


def test_a_switch_pauses_for_a_picture_somebody_waits_for_and_goes_on_after_it(
    world: World, images: list[Image], other: ModelVersion, work_off: WorkOff
) -> None:
    storage.delete_blob(images[0].sha256)
    switch = services.use_model(images[0].project, other, world.alice)
    assert switch is not None
    (looked_at,) = asked(images[4:5], priority=LOOKED_AT)
    paused = do(switch)
    assert (paused.state, paused.claim, paused.attempts) == ("queued", None, 0)
    assert Embedding.objects.filter(model_version=other).count() == 0
    assert Project.objects.get(pk=world.project.pk).model_version_id != other.pk
    done = work_off()
    assert [run.pk for run in done] == [looked_at.pk, switch.pk]
    assert (done[1].result["encoded"], done[1].result["failed"]) == (5, ["cat.png"])


def test_a_switch_asks_for_other_work_after_each_slice_only(
    world: World, images: list[Image], other: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = services.use_model(images[0].project, other, world.alice)
    assert switch is not None
    asked(images[:1])
    monkeypatch.setattr(runner, "SLICE_SECONDS", 0.0)
    assert do(switch).state == "queued"
    assert Embedding.objects.filter(model_version=other).count() == 1
    monkeypatch.setattr(runner, "SLICE_SECONDS", 1e9)
    assert do(switch).state == "succeeded"
    assert Embedding.objects.filter(model_version=other).count() == 6


def test_a_package_that_cannot_be_opened_is_tried_one_by_one(db: None) -> None:
    version = ModelVersion(pk=uuid.uuid4(), name="Gone", sha256="0" * 64, files={"encoder.onnx": {"sha256": "0" * 64}})
    assert embeddings.batch_size(version) == 1

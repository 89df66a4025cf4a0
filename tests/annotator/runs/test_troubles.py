"""What a worker does when the machine keeps it from its work."""

from __future__ import annotations

import errno
import shutil
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from kombu.exceptions import ChannelError

from annotator.runs import enqueue, lease, messages, registry, worker
from annotator.runs.models import Run
from annotator.runs.runner import Context, Runner
from annotator.runs.tasks import execute_run
from tests.annotator.world import World

FULL = OSError(errno.ENOSPC, "No space left on device")
LOCKED = OperationalError("database is locked")


class Stores(Runner):
    """Fails with `trouble` as long as there is one."""

    kind = "stores"
    patient = True
    trouble: Exception | None = None

    def run(self, context: Context) -> dict[str, Any]:
        if self.trouble:
            raise self.trouble
        return {"stored": True}


@pytest.fixture(autouse=True)
def stores(monkeypatch: pytest.MonkeyPatch) -> type[Stores]:
    for module in (registry, enqueue, worker):
        monkeypatch.setattr(module, "runner_class", lambda kind: Stores)
    monkeypatch.setattr(Stores, "trouble", None)
    monkeypatch.setattr(Stores, "patient", True)
    return Stores


def work(run: Run) -> Run:
    claimed = lease.claim_next(run.pk)
    assert claimed is not None
    worker.work(claimed)
    run.refresh_from_db()
    return run


def test_an_embedding_waits_for_room_and_is_then_made(world: World, stores: type[Stores]) -> None:
    run = enqueue.enqueue("stores", project=world.project)
    stores.trouble = FULL
    for _ in range(5):
        work(run)
        assert (run.state, run.claim, run.error) == ("queued", None, "")
        assert "disk is full" in run.message
    stores.trouble = None
    assert work(run).state == "succeeded"


def test_what_somebody_asked_for_fails_with_the_reason(world: World, stores: type[Stores]) -> None:
    stores.patient, stores.trouble = False, FULL
    run = work(enqueue.enqueue("stores", project=world.project))
    assert run.state == "failed"
    assert run.error.startswith("The server's disk is full")


def test_a_busy_database_is_tried_again_a_few_times(world: World, stores: type[Stores], settings: Any) -> None:
    settings.RUN_MAX_ATTEMPTS = 3
    stores.patient, stores.trouble = False, LOCKED
    run = enqueue.enqueue("stores", project=world.project)
    assert [work(run).state for _ in range(3)] == ["queued", "queued", "failed"]
    assert "saving at this moment" in run.error


def test_how_a_run_ended_may_be_impossible_to_write(
    world: World, stores: type[Stores], monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.trouble = LOCKED
    run = enqueue.enqueue("stores", project=world.project)
    claimed = lease.claim_next(run.pk)
    assert claimed is not None

    def locked(*args: Any, **kwargs: Any) -> bool:
        raise LOCKED

    monkeypatch.setattr(lease, "write", locked)
    worker.work(claimed)
    run.refresh_from_db()
    assert run.state == "running"  # until its lease is over


def test_without_room_nothing_is_begun(world: World, stores: type[Stores], monkeypatch: pytest.MonkeyPatch) -> None:
    run = enqueue.enqueue("stores", project=world.project)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
        execute_run(str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("queued", 0)
    execute_run(str(run.pk))
    run.refresh_from_db()
    assert run.state == "succeeded"


def test_a_queue_folder_without_room_is_no_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ChannelError("Cannot add file to directory")

    monkeypatch.setattr("annotator.runs.messages.app.send_task", fail)
    assert messages.send(uuid.uuid4(), "gpu") is False


def test_embeddings_are_patient() -> None:
    from annotator.inference.runner import EmbedRunner, SwitchModelRunner

    kinds: tuple[Callable[[], Runner], ...] = (EmbedRunner, SwitchModelRunner)
    assert all(kind().patient for kind in kinds)

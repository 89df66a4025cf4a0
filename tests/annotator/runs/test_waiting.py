"""Why a run waits: nobody is there to do it, others go first, no room, no queue."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.runs import signs, sweeper
from annotator.runs.models import Run, Worker
from tests.annotator.world import World

A_WHILE = timedelta(seconds=30)


def waiting(world: World, **values: Any) -> Run:
    run = Run.objects.create(**{"kind": "embed", "project": world.project, "queue": "gpu", **values})
    Run.objects.filter(pk=run.pk).update(updated=timezone.now() - A_WHILE, sent=timezone.now() - A_WHILE)
    return run


def waits(world: World, run: Run) -> dict[str, Any]:
    answer: dict[str, Any] = world.as_bob.get(f"/api/v1/runs/{run.pk}/").json()["waits"]
    return answer


def test_without_a_worker_it_says_so_after_some_seconds(world: World) -> None:
    run = waiting(world)
    assert waits(world, run)["reason"] == "no_worker"
    assert waits(world, run)["message"].startswith("No worker is running on the server.")
    Run.objects.filter(pk=run.pk).update(updated=timezone.now())
    assert waits(world, run) is None


def test_a_worker_is_there_until_it_leaves_or_falls_silent(world: World) -> None:
    run = waiting(world)
    signs.give(["gpu"])
    assert waits(world, run) is None
    Worker.objects.update(seen=timezone.now() - signs.patience() - timedelta(seconds=1))
    assert waits(world, run)["reason"] == "no_worker"
    signs.give(["gpu"])
    signs.leave()
    assert waits(world, run)["reason"] == "no_worker"


def test_a_worker_for_other_work_does_not_help(world: World) -> None:
    run = waiting(world)
    signs.give(["default"])
    assert waits(world, run)["message"].startswith("No worker for “gpu” work is running")


def test_it_says_how_many_go_first_and_what_is_running(world: World) -> None:
    signs.give(["gpu", "default"])
    first, second, urgent = waiting(world), waiting(world), waiting(world, priority=10)
    waiting(world, queue="default")
    Run.objects.create(
        kind="switch_model", queue="gpu", state="running", lease_until=timezone.now() + A_WHILE, started=timezone.now()
    )
    said = waits(world, second)
    assert (said["reason"], said["ahead"], said["running"]) == ("behind", 2, ["switch_model"])
    assert said["message"] == "It waits for its turn: 2 others go first."
    assert waits(world, first)["message"] == "It waits for its turn: 1 other goes first."
    assert waits(world, urgent)["message"] == "It waits for its turn: the one that is running goes first."
    (listed,) = [row for row in world.as_bob.get("/api/v1/runs/").json()["results"] if row["id"] == str(second.pk)]
    assert listed["waits"] == said


def test_a_full_disk_is_a_reason(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signs.give(["gpu"])
    run = waiting(world)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
    said = waits(world, run)
    assert said["reason"] == "no_room"
    assert "disk is full" in said["message"]


def test_a_queue_that_takes_no_message_is_a_reason(world: World) -> None:
    signs.give(["gpu"])
    run = waiting(world)
    Run.objects.filter(pk=run.pk).update(sent=None)
    assert waits(world, run)["reason"] == "not_sent"


def test_the_editor_is_told_with_the_image(world: World) -> None:
    model = world.project.model_version_id
    waiting(world, subject=world.image.pk, key=f"embed:{world.image.pk}:{model}:")
    embedding = world.as_bob.get(f"/api/v1/images/{world.image.pk}/").json()["embedding"]
    assert embedding["state"] == "queued"
    assert embedding["message"].startswith("No worker is running on the server.")


def test_a_list_looks_once_for_all(world: World, django_assert_max_num_queries: Any) -> None:
    signs.give(["gpu"])
    for _ in range(20):
        waiting(world)
    with django_assert_max_num_queries(12):
        world.as_bob.get("/api/v1/runs/")


def test_the_sweeper_gives_the_sign(db: None) -> None:
    sweeper._here()
    assert signs.served() == {"default", "gpu"}  # what a worker takes that was started without -Q

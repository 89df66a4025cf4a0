"""Runs whose worker died or whose message was lost are picked up again."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from annotator.runs import sweeper
from annotator.runs.models import Run
from tests.annotator.world import World

PAST = timedelta(seconds=3600)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    sent: list[uuid.UUID] = []

    def send(pk: uuid.UUID, queue: str) -> bool:
        sent.append(pk)
        return True

    monkeypatch.setattr(sweeper, "send", send)
    return sent


def make_run(world: World, **values: Any) -> Run:
    run = Run.objects.create(kind="embed", project=world.project, **values)
    Run.objects.filter(pk=run.pk).update(updated=timezone.now() - PAST)
    return run


def test_a_run_of_a_dead_worker_is_queued_and_sent_again(world: World, sent: list[uuid.UUID]) -> None:
    run = make_run(world, state="running", claim=uuid.uuid4(), attempts=1, lease_until=timezone.now() - PAST)
    assert sweeper.sweep() == 1
    run.refresh_from_db()
    assert (run.state, run.claim, run.attempts, sent) == ("queued", None, 1, [run.pk])


def test_a_run_with_a_living_worker_is_left_alone(world: World, sent: list[uuid.UUID]) -> None:
    run = make_run(world, state="running", claim=uuid.uuid4(), attempts=1, lease_until=timezone.now() + PAST)
    assert sweeper.sweep() == 0
    run.refresh_from_db()
    assert run.state == "running"


def test_a_run_that_keeps_killing_workers_fails_in_a_sentence(world: World, sent: list[uuid.UUID]) -> None:
    run = make_run(world, state="running", claim=uuid.uuid4(), attempts=3, lease_until=timezone.now() - PAST)
    assert sweeper.sweep() == 0
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error.startswith("The worker stopped 3 times while doing this")


def test_a_run_that_was_never_sent_is_sent(world: World, sent: list[uuid.UUID]) -> None:
    run = make_run(world)
    sweeper.sweep()
    assert sent == [run.pk]


def test_a_message_that_is_overdue_is_sent_again_and_a_fresh_one_is_not(world: World, sent: list[uuid.UUID]) -> None:
    overdue = make_run(world, sent=timezone.now() - PAST)
    make_run(world, sent=timezone.now())
    sweeper.sweep()
    assert sent == [overdue.pk]


def test_a_long_queue_is_not_sent_again_while_workers_are_at_it(world: World, sent: list[uuid.UUID]) -> None:
    waiting = [make_run(world, sent=timezone.now() - PAST) for _ in range(3)]
    busy = make_run(world, state="running", claim=uuid.uuid4(), attempts=1, lease_until=timezone.now() + PAST)
    assert sweeper.sweep() == 0
    Run.objects.filter(pk=busy.pk).update(state="succeeded", started=timezone.now() - PAST)
    assert sweeper.sweep() == 3
    assert set(sent) == {run.pk for run in waiting}


def test_a_busy_queue_does_not_hide_a_lost_message_of_another(world: World, sent: list[uuid.UUID]) -> None:
    lost = make_run(world, queue="gpu", sent=timezone.now() - PAST)
    make_run(world, state="running", claim=uuid.uuid4(), attempts=1, lease_until=timezone.now() + PAST)
    sweeper.sweep()
    assert sent == [lost.pk]


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_finished_runs_stay_finished(world: World, sent: list[uuid.UUID], state: str) -> None:
    make_run(world, state=state, lease_until=timezone.now() - PAST)
    assert sweeper.sweep() == 0


def test_the_command_sweeps_once(world: World, sent: list[uuid.UUID]) -> None:
    make_run(world)
    out = io.StringIO()
    call_command("sweep_runs", stdout=out)
    assert out.getvalue() == "1 run(s) sent to the queue again.\n"

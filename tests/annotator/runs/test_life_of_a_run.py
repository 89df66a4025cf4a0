"""Claim, lease, progress, declared failure, crash, cancel, retry: the row tells the truth at every step."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from annotator.lib.errors import Conflict
from annotator.runs import enqueue, lease, messages, registry, worker
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunCancelled, RunFailed, Runner
from annotator.runs.tasks import execute_run
from tests.annotator.world import World

WorkOff = Callable[[], list[Run]]


class CountRunner(Runner):
    """Counts to params["to"]; `during` lets a test act in the middle."""

    kind = "count"
    during: Callable[[Context], None] = staticmethod(lambda context: None)
    starts = 0

    def run(self, context: Context) -> dict[str, Any]:
        type(self).starts += 1
        context.log("counting")
        for number in range(context.run.params.get("to", 3)):
            context.progress(number / 3, f"at {number}")
            type(self).during(context)
        return {"counted": context.run.params.get("to", 3)}


@pytest.fixture(autouse=True)
def count(monkeypatch: pytest.MonkeyPatch) -> type[CountRunner]:
    monkeypatch.setitem(registry._PATHS, "count", f"{__name__}.CountRunner")
    monkeypatch.setattr(CountRunner, "starts", 0)
    monkeypatch.setattr(CountRunner, "during", staticmethod(lambda context: None))
    return CountRunner


def during(act: Callable[[Context], None]) -> Any:
    return staticmethod(act)


def test_a_run_succeeds_with_result_and_log(world: World, work_off: WorkOff) -> None:
    enqueue.enqueue("count", project=world.project, params={"to": 3})
    (run,) = work_off()
    assert (run.state, run.result, run.progress, run.attempts) == ("succeeded", {"counted": 3}, 1.0, 1)
    assert run.log.endswith("counting\n")
    assert run.started
    assert run.finished
    assert run.created <= run.started <= run.finished


def test_the_message_leaves_after_the_commit_only(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[uuid.UUID] = []
    monkeypatch.setattr(enqueue, "send", lambda pk, queue: sent.append(pk))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        run = enqueue.enqueue("count", project=world.project)
        assert sent == []
    assert sent == [run.pk]


def test_a_broker_that_is_away_is_no_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("annotator.runs.messages.app.send_task", fail)
    run = enqueue.enqueue("count", project=world.project)
    assert messages.send(run.pk, run.queue) is False
    run.refresh_from_db()
    assert (run.state, run.sent) == ("queued", None)


def test_a_declared_failure_is_shown_as_it_is(world: World, work_off: WorkOff, count: type[CountRunner]) -> None:
    def fail(context: Context) -> None:
        raise RunFailed("The disk is full. Make room, then try again.")

    count.during = during(fail)
    enqueue.enqueue("count", project=world.project)
    (run,) = work_off()
    assert (run.state, run.error) == ("failed", "The disk is full. Make room, then try again.")
    assert "Traceback" not in run.log


def test_a_crash_says_so_and_keeps_the_trace_without_install_paths(
    world: World, work_off: WorkOff, count: type[CountRunner]
) -> None:
    count.during = during(lambda context: 1 // 0)
    enqueue.enqueue("count", project=world.project)
    (run,) = work_off()
    assert run.state == "failed"
    assert "ZeroDivisionError" in run.error
    assert "Traceback" in run.log
    assert str(django_settings.BASE_DIR) not in run.log


def test_an_unknown_kind_fails_in_a_sentence(world: World, work_off: WorkOff) -> None:
    Run.objects.create(kind="knit", project=world.project)
    (run,) = work_off()
    assert run.state == "failed"
    assert "knows no runs of kind “knit”" in run.error


def test_delivering_a_message_twice_does_the_work_once(world: World, count: type[CountRunner]) -> None:
    run = enqueue.enqueue("count", project=world.project)
    execute_run(str(run.pk))
    execute_run(str(run.pk))
    assert count.starts == 1


def test_a_message_for_a_run_that_is_gone_does_nothing(db: None) -> None:
    execute_run(str(uuid.uuid4()))


def test_one_of_two_workers_gets_the_run(world: World) -> None:
    run = enqueue.enqueue("count", project=world.project)
    assert lease.claim(run.pk) is not None
    assert lease.claim(run.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_exactly_one_gets_the_run() -> None:
    run = Run.objects.create(kind="count")
    barrier = threading.Barrier(6)
    won: list[Run | None] = []

    def race() -> None:
        barrier.wait()
        won.append(lease.claim(run.pk))
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found is not None for found in won) == 1


def test_the_more_urgent_run_goes_first(world: World, work_off: WorkOff) -> None:
    slow = enqueue.enqueue("count", project=world.project)
    urgent = enqueue.enqueue("count", project=world.project, priority=10)
    assert [run.pk for run in work_off()] == [urgent.pk, slow.pk]


def test_asking_again_for_the_same_work_returns_the_same_run_and_hurries_it(world: World) -> None:
    first = enqueue.enqueue("count", project=world.project, key="k")
    again = enqueue.enqueue("count", project=world.project, key="k", priority=5)
    assert again.pk == first.pk
    assert Run.objects.get().priority == 5


def test_a_finished_run_does_not_stand_in_the_way_of_the_next(world: World, work_off: WorkOff) -> None:
    first = enqueue.enqueue("count", project=world.project, key="k")
    work_off()
    assert enqueue.enqueue("count", project=world.project, key="k").pk != first.pk


def test_cancelling_a_waiting_run_is_immediate(world: World, work_off: WorkOff) -> None:
    run = enqueue.cancel(enqueue.enqueue("count", project=world.project))
    assert (run.state, run.finished is not None) == ("cancelled", True)
    assert work_off() == []


def test_a_cancelled_run_stops_at_its_next_sign_of_life(
    world: World, work_off: WorkOff, count: type[CountRunner]
) -> None:
    def cancel(context: Context) -> None:
        enqueue.cancel(Run.objects.get(pk=context.run.pk))
        context.log("still here?")

    count.during = during(cancel)
    enqueue.enqueue("count", project=world.project)
    (run,) = work_off()
    assert (run.state, run.result) == ("cancelled", {})


def test_a_worker_that_was_taken_for_dead_cannot_write_its_result(
    world: World, work_off: WorkOff, count: type[CountRunner]
) -> None:
    other = uuid.uuid4()
    count.during = during(lambda context: Run.objects.filter(pk=context.run.pk).update(claim=other))
    enqueue.enqueue("count", project=world.project)
    Run.objects.update(priority=0)
    claimed = lease.claim_next(Run.objects.get().pk)
    assert claimed is not None
    worker.work(claimed)
    run = Run.objects.get()
    assert (run.state, run.claim, run.result) == ("running", other, {})


def test_the_heartbeat_renews_the_lease_and_notices_a_cancel(settings: Any, world: World) -> None:
    settings.RUN_LEASE_SECONDS = 30
    enqueue.enqueue("count", project=world.project)
    run = lease.claim(Run.objects.get().pk)
    assert run is not None
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    heartbeat = lease.Heartbeat(run)
    heartbeat.renew()
    until = Run.objects.get().lease_until
    assert until
    assert until > timezone.now() + timedelta(seconds=20)
    enqueue.cancel(Run.objects.get())
    heartbeat.renew()
    context = worker.WorkContext(run, heartbeat)
    with pytest.raises(RunCancelled):
        context.check()


def test_a_failed_run_starts_again_as_the_same_row(world: World, work_off: WorkOff, count: type[CountRunner]) -> None:
    count.during = during(lambda context: 1 // 0)
    enqueue.enqueue("count", project=world.project)
    (failed,) = work_off()
    count.during = during(lambda context: None)
    enqueue.retry(failed)
    (run,) = work_off()
    assert (run.pk, run.state, run.error, run.attempts) == (failed.pk, "succeeded", "", 1)


def test_only_failed_and_cancelled_runs_start_again(world: World, work_off: WorkOff) -> None:
    run = enqueue.enqueue("count", project=world.project)
    with pytest.raises(Conflict, match="this one is queued"):
        enqueue.retry(run)
    work_off()
    run.refresh_from_db()
    with pytest.raises(Conflict, match="has finished"):
        enqueue.retry(run)


def test_starting_again_is_refused_while_another_run_does_the_same(world: World) -> None:
    first = enqueue.cancel(enqueue.enqueue("count", project=world.project, key="k"))
    enqueue.enqueue("count", project=world.project, key="k")
    with pytest.raises(Conflict, match="already queued"):
        enqueue.retry(first)


def test_progress_is_written_a_few_times_a_second_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    enqueue.enqueue("count", project=world.project)
    run = lease.claim(Run.objects.get().pk)
    assert run is not None
    context = worker.WorkContext(run, lease.Heartbeat(run))
    with django_assert_num_queries(1):
        for step in range(1000):
            context.progress(step / 1000, "busy")


def test_the_log_does_not_grow_without_end(world: World, work_off: WorkOff, count: type[CountRunner]) -> None:
    count.during = during(lambda context: context.log("x" * 40_000))
    enqueue.enqueue("count", project=world.project, params={"to": 5})
    (run,) = work_off()
    assert len(run.log) <= worker.LOG_LIMIT

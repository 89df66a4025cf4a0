"""`/metrics` and what is counted into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from annotator.lib import probes
from annotator.lib.errors import handle
from annotator.runs.choices import State
from annotator.runs.models import Run, Worker
from annotator.upkeep.choices import Kind
from annotator.upkeep.records import noted
from annotator.watch import exposition, facts, serving
from annotator.watch.requests import Measured
from tests.annotator.world import World

TOKEN = "a-token-of-the-collector"


@pytest.fixture
def told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], dict[str, float]]]:
    """What a scrape tells, by name and labels."""
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(probes, "PROBES", dict(probes.PROBES))
    monkeypatch.setattr(exposition, "PROBES", probes.PROBES)
    exposition.offer()
    probes.forget()

    def read() -> dict[str, float]:
        answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        samples = [sample for family in families for sample in family.samples]
        return {f"{one.name}{sorted(one.labels.values())}": one.value for one in samples}

    yield read
    probes.forget()


def counted(name: str, *labels: str) -> float:
    names = {"maskwright_request_seconds_count": ("method", "route", "status"), "maskwright_troubles_total": ("code",)}
    return REGISTRY.get_sample_value(name, dict(zip(names[name], labels, strict=True))) or 0.0


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("sent", [None, "Bearer ", "Bearer wrong", TOKEN, f"Token {TOKEN}", "Bearer ä"])
def test_nobody_reads_without_the_token(sent: str | None) -> None:
    answer = Client().get("/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert b"maskwright_" not in answer.content


@pytest.mark.django_db
def test_without_a_token_there_is_no_such_page() -> None:
    assert Client().get("/metrics").status_code == 404


def test_queues_workers_and_ends_are_told(world: World, told: Callable[[], dict[str, float]]) -> None:
    now = timezone.now()
    rows = {"project": world.project, "kind": "export"}
    late = Run.objects.create(**rows)
    Run.objects.filter(pk=late.pk).update(created=now - timedelta(seconds=90))
    Run.objects.create(**rows)
    Run.objects.create(**rows, queue="gpu", state=State.RUNNING)
    Run.objects.create(**rows, state=State.FAILED, finished=now)
    Run.objects.create(**rows, state=State.FAILED, finished=now - timedelta(hours=2))
    Worker.objects.create(id=late.pk, queues=["default"], seen=now)
    Worker.objects.create(id=world.project.pk, queues=["default", "gpu"], seen=now - timedelta(hours=1))
    said = told()
    assert said["maskwright_queue_waiting['default']"] == 2
    assert 90 <= said["maskwright_queue_oldest_seconds['default']"] < 600
    assert said["maskwright_queue_running['gpu']"] == 1
    assert said["maskwright_queue_workers['default']"] == 1
    assert said["maskwright_queue_workers['gpu']"] == 0
    assert said["maskwright_runs_ended_last_hour['export', 'failed']"] == 1
    assert said["maskwright_ready['database']"] == 1
    (free,) = [value for name, value in said.items() if name.startswith("maskwright_disk_free_bytes")]
    assert free > 0


@pytest.mark.django_db
def test_backups_are_told_by_when_one_last_ended_well(told: Callable[[], dict[str, float]]) -> None:
    said = told()
    assert said["maskwright_backup_last_success_timestamp_seconds[]"] == 0
    assert said["maskwright_backup_last_well[]"] == 0
    with noted(Kind.BACKUP):
        before = timezone.now().timestamp()
    good = told()["maskwright_backup_last_success_timestamp_seconds[]"]
    assert before <= good <= timezone.now().timestamp()
    with pytest.raises(CommandError), noted(Kind.BACKUP):
        raise CommandError("The disk is full.")
    said = told()
    assert said["maskwright_backup_last_success_timestamp_seconds[]"] == good
    assert said["maskwright_backup_last_well[]"] == 0
    assert said["maskwright_verify_last_success_timestamp_seconds[]"] == 0


@pytest.mark.django_db
def test_connections_are_told_where_there_is_a_limit(told: Callable[[], dict[str, float]]) -> None:
    said = told()
    names = [f"maskwright_database_connections_{name}[]" for name in ("open", "left", "wanted")]
    if connection.vendor == "postgresql":
        assert [said[name] > 0 for name in names] == [True, True, True]
    else:
        assert not set(names) & set(said)


@pytest.mark.usefixtures("told")
@pytest.mark.django_db
def test_a_database_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(facts, "lines", away)
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")


@pytest.mark.usefixtures("told")
def test_requests_count_by_route_and_never_by_address() -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve(request.path_info)
        return HttpResponse(status=404)

    request = HttpRequest()
    request.method, request.path_info = "BREW", "/signin/link/very-secret-0123/"
    before = counted("maskwright_request_seconds_count", "other", "signin/link/<str:secret>/", "404")
    Measured(answer)(request)
    assert counted("maskwright_request_seconds_count", "other", "signin/link/<str:secret>/", "404") == before + 1
    assert "very-secret" not in generate_latest(REGISTRY).decode()


@pytest.mark.django_db  # closing an answer, Django looks at its connections
@pytest.mark.usefixtures("told")
def test_a_stream_counts_until_it_is_closed() -> None:
    def open_streams() -> float:
        return REGISTRY.get_sample_value("maskwright_event_streams") or 0.0

    before = open_streams()
    stream = Measured(lambda request: StreamingHttpResponse([], content_type="text/event-stream"))(HttpRequest())
    assert open_streams() == before + 1
    stream.close()
    assert open_streams() == before


def test_troubles_count() -> None:
    before = counted("maskwright_troubles_total", "disk_full")
    handle(OSError(28, "No space left on device"), {})
    assert counted("maskwright_troubles_total", "disk_full") == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_run_counts_when_its_end_is_written(work_off: Callable[[], list[Run]]) -> None:
    labels = {"kind": "nothing", "state": "failed"}
    before = REGISTRY.get_sample_value("maskwright_run_seconds_count", labels) or 0.0
    Run.objects.create(kind="nothing")
    (run,) = work_off()
    assert run.state == State.FAILED
    assert REGISTRY.get_sample_value("maskwright_run_seconds_count", labels) == before + 1


def test_a_port_that_is_taken_does_not_end_the_worker(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def taken(*_: Any) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(serving, "start_http_server", taken)
    settings.WORKER_METRICS = ("127.0.0.1", 9108)
    serving.serve()
    assert "cannot be served on 127.0.0.1:9108: Address already in use" in caplog.text

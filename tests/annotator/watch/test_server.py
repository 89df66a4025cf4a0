"""The facts for administrators, as JSON and as a page."""

from __future__ import annotations

import re
import socket
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotator.runs import signs
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.watch import connections
from annotator.watch.connections import Connections, Limit
from annotator.watch.errors import cleaned
from annotator.watch.facts import MOST_FAILED, facts, our_version
from tests.annotator.world import World, make_user


@pytest.fixture
def failed(world: World) -> list[Run]:
    now = timezone.now()
    return [
        Run.objects.create(
            project=world.project if number % 2 else None,
            kind="export",
            state=State.FAILED,
            error=f"Number {number} <b>failed</b>.",
            finished=now - timedelta(minutes=number),
        )
        for number in range(MOST_FAILED + 3)
    ]


def test_failed_runs_are_told_newest_first(
    failed: list[Run], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Run.objects.filter(pk=failed[0].pk).update(finished=timezone.now() - timedelta(days=8))
    with django_assert_max_num_queries(15):
        found = facts()
    assert [run.pk for run in found.failed] == [run.pk for run in failed[1 : MOST_FAILED + 1]]
    assert found.failed_count == MOST_FAILED + 2


@pytest.mark.usefixtures("failed")
def test_the_page_shows_them_as_text(world: World) -> None:
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    page = client.get("/server/").content.decode()
    assert "Number 1 &lt;b&gt;failed&lt;/b&gt;." in page
    assert f"/projects/{world.project.pk}/" in page
    assert f"The last {MOST_FAILED} of {MOST_FAILED + 3}." in page


@pytest.mark.django_db
def test_an_empty_installation_has_a_page() -> None:
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    page = client.get("/server/").content.decode()
    assert f"<dd>{our_version()}</dd>" in page
    assert re.fullmatch(r"\d+\.\d+\.\d+", our_version())
    assert "Runs that fail will stand here" in page
    assert "none</span>" in page  # no worker takes from a queue


@pytest.mark.django_db
def test_the_page_names_the_machine_of_each_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "graphics-3")
    signs.give(["gpu"])
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    assert "<td>graphics-3</td><td>gpu</td>" in client.get("/server/").content.decode()
    assert [one["host"] for one in client.get("/api/v1/server/").json()["workers"]] == ["graphics-3"]


@pytest.mark.django_db
def test_a_worker_of_the_version_before_can_still_say_that_it_is_there() -> None:
    """While versions change, one that knows no machines' names writes beside those that do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO runs_worker (id, queues, seen) VALUES (%s, '[]', %s)",
            [uuid.uuid4().hex, timezone.now()],
        )
    assert [worker.host for worker in signs.alive()] == [""]


@pytest.mark.django_db
def test_the_page_tells_of_connections_that_are_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    few = Connections(9, 140, 1, 1, Limit(97, "Set max_connections <in> its file"))
    monkeypatch.setattr(connections, "read", lambda **_: few)
    page = client.get("/server/").content.decode()
    assert "9 open to PostgreSQL, which leaves 97; 140 can be taken at most" in page
    assert "Set max_connections &lt;in&gt; its file, or run fewer web processes." in page
    said = client.get("/api/v1/server/").json()["connections"]
    assert (said["left"], said["wanted"], said["trouble"]) == (97, 140, few.trouble)
    monkeypatch.setattr(connections, "read", lambda **_: replace(few, pooled=True))
    page = client.get("/server/").content.decode()
    assert "through a pooler: it has to let in 140 at most" in page
    assert "too few" not in page
    monkeypatch.setattr(connections, "read", lambda **_: None)
    assert client.get("/api/v1/server/").json()["connections"] is None


def test_reports_of_errors_hold_no_secrets() -> None:
    event = {"event_id": "1", "request": {"url": "https://masks.example.org/join/abc123/"}, "tags": {"a": "b"}}
    assert "abc123" not in str(cleaned(event, {}))
    assert cleaned(event, {})["tags"] == {"a": "b"}

"""Runs over the API, and as a stream of events."""

from __future__ import annotations

import json
import socket
import threading
from functools import partial
from typing import Any

import pytest

from annotator.accounts.services import switch_off
from annotator.lib.listener import Listener
from annotator.projects.queries import is_member
from annotator.runs.api import events
from annotator.runs.models import Run
from tests.annotator.world import World, client_of, make_project, make_user


def make_run(world: World, **values: Any) -> Run:
    return Run.objects.create(**{"kind": "embed", "project": world.project, **values})


def test_it_lists_the_runs_of_ones_projects_newest_first(world: World) -> None:
    first, second = make_run(world), make_run(world, kind="export")
    make_run(world, project=make_project(world.charlie))
    rows = world.as_bob.get("/api/v1/runs/").json()["results"]
    assert [row["id"] for row in rows] == [str(second.pk), str(first.pk)]


def test_it_narrows_by_project_kind_and_state(world: World) -> None:
    make_run(world)
    wanted = make_run(world, kind="export", state="failed", error="No room.")
    url = f"/api/v1/runs/?project={world.project.pk}&kind=export&state=failed"
    (row,) = world.as_bob.get(url).json()["results"]
    assert (row["id"], row["error"]) == (str(wanted.pk), "No room.")


@pytest.mark.parametrize("query", ["state=eaten", "project=7", "kind=%00", "subject=x"])
def test_it_refuses_odd_filters(world: World, query: str) -> None:
    assert world.as_bob.get(f"/api/v1/runs/?{query}").status_code == 400


def test_who_asked_for_a_run_may_cancel_it_and_a_manager_too(world: World) -> None:
    mine = make_run(world, requested_by=world.bob)
    other = make_run(world, requested_by=world.alice)
    assert world.as_bob.post(f"/api/v1/runs/{mine.pk}/cancel/").json()["state"] == "cancelled"
    assert world.as_bob.post(f"/api/v1/runs/{other.pk}/cancel/").status_code == 403
    assert world.as_alice.post(f"/api/v1/runs/{other.pk}/cancel/").status_code == 200


def test_it_starts_a_failed_run_again(world: World) -> None:
    run = make_run(world, state="failed", error="No room.")
    body = world.as_alice.post(f"/api/v1/runs/{run.pk}/retry/").json()
    assert (body["state"], body["error"]) == ("queued", "")
    assert world.as_alice.post(f"/api/v1/runs/{run.pk}/retry/").json()["code"] == "run_not_failed"


def test_a_run_without_a_project_belongs_to_who_asked_and_to_administrators(world: World) -> None:
    run = make_run(world, project=None, requested_by=world.bob)
    admin = make_user("Root", is_staff=True)
    assert world.as_bob.get(f"/api/v1/runs/{run.pk}/").status_code == 200
    assert world.as_alice.get(f"/api/v1/runs/{run.pk}/").status_code == 404
    assert client_of(admin).get(f"/api/v1/runs/{run.pk}/").status_code == 200


def read(stream: events.RunEvents) -> list[dict[str, Any]]:
    try:
        said = b"".join(stream).decode()
    finally:
        stream.close()
    return [json.loads(line[6:]) for line in said.splitlines() if line.startswith("data: ")]


def test_the_stream_tells_each_change_once(world: World, settings: Any) -> None:
    run = make_run(world)
    stream = events.RunEvents(world.project.pk, lambda: True, Run.objects.all, seconds=0.2, poll=0.01)
    assert [row["id"] for row in read(stream)] == [str(run.pk)]


def test_the_stream_tells_nothing_of_other_projects(world: World) -> None:
    make_run(world, project=make_project(world.charlie))
    assert read(events.RunEvents(world.project.pk, lambda: True, Run.objects.all, seconds=0.05, poll=0.01)) == []


def test_the_stream_is_not_buffered_and_not_kept(world: World) -> None:
    response = world.as_bob.get(
        f"/api/v1/projects/{world.project.pk}/runs/events/", headers={"accept": "text/event-stream"}
    )
    assert response["Content-Type"] == "text/event-stream"
    assert (response["X-Accel-Buffering"], response["Cache-Control"]) == ("no", "no-store")
    for close in vars(response)["_resource_closers"]:
        close()


def test_streams_beyond_the_limit_are_told_to_poll_and_a_closed_one_makes_room(world: World) -> None:
    held = [events.RunEvents(world.project.pk, lambda: True, Run.objects.all) for _ in range(4)]
    url = f"/api/v1/projects/{world.project.pk}/runs/events/"
    refused = world.as_bob.get(url, headers={"accept": "text/event-stream"})
    assert (refused.status_code, json.loads(refused.content)["code"]) == (503, "too_many_streams")
    for stream in held:
        stream.close()
    events.RunEvents(world.project.pk, lambda: True, Run.objects.all).close()


def test_a_listener_who_goes_gives_the_slot_back_at_once(world: World) -> None:
    """Who opens page after page: each new page is there as soon as the last one has gone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        server = listening.accept()[0]
    gone = Listener(server)
    stream = events.RunEvents(world.project.pk, lambda: True, Run.objects.all, gone, seconds=3600, poll=3600)
    others = [events.RunEvents(world.project.pk, lambda: True, Run.objects.all) for _ in range(3)]
    assert next(stream) == b"retry: 1000\n\n"
    client.close()
    assert list(stream) == [b": still here\n\n"]
    stream.close()
    server.close()
    for one in [*others, events.RunEvents(world.project.pk, lambda: True, Run.objects.all)]:
        one.close()


def test_one_that_comes_just_before_another_ends_waits_for_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "WAIT_SECONDS", 60)
    held = [events.RunEvents(world.project.pk, lambda: True, Run.objects.all) for _ in range(4)]
    threading.Timer(0.05, held[0].close).start()
    events.RunEvents(world.project.pk, lambda: True, Run.objects.all).close()
    for one in held[1:]:
        one.close()


def test_a_stream_ends_with_the_membership_and_tells_nothing_more(world: World) -> None:
    member = world.project.memberships.get(user=world.bob)
    listener = events.RunEvents(
        world.project.pk, partial(is_member, world.bob, world.project), Run.objects.all, poll=0.0
    )
    stream = iter(listener)
    assert next(stream) == b"retry: 1000\n\n"
    assert next(stream) == b": still here\n\n"
    member.delete()
    Run.objects.create(kind="count", project=world.project)
    assert list(stream) == []
    listener.close()


def test_a_stream_ends_when_the_account_is_switched_off(world: World) -> None:
    assert is_member(world.bob, world.project)
    switch_off(world.bob)
    assert not is_member(world.bob, world.project)

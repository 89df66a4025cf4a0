"""Whoever has waited longest writes next, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection

from annotator.lib import turns
from annotator.lib.turns import Line, write_in_turn
from tests.annotator.world import World


def waiting(line: Line, number: int) -> bool:
    with line._guard:
        return len(line._waiting) == number


def until(so: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not so():
        pause.wait(0.001)


def test_they_are_served_in_the_order_they_came() -> None:
    line, served = Line(), []
    assert line.enter(0)

    def write(number: int) -> None:
        assert line.enter(60)
        served.append(number)
        line.leave()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        until(lambda number=number: waiting(line, number))  # type: ignore[misc]
    line.leave()
    for thread in threads:
        thread.join(60)
    assert served == list(range(20))
    assert line.enter(0)


def test_who_gives_up_loses_nobody_elses_turn() -> None:
    line = Line()
    assert line.enter(0)
    assert not line.enter(0)
    line.leave()
    assert line.enter(0)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Only SQLite lets one write at a time.")
@pytest.mark.django_db(transaction=True)
def test_a_turn_that_does_not_come_is_a_busy_database(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    monkeypatch.setattr(turns, "_line", line)
    monkeypatch.setattr(turns, "LONGEST_SECONDS", 0)
    with pytest.raises(ValueError, match="inside"), write_in_turn():
        raise ValueError("inside")
    assert line.enter(0)  # it was given back
    with pytest.raises(OperationalError, match="is locked"), write_in_turn():
        raise AssertionError("it is not our turn")


def test_a_save_that_finds_no_turn_is_told_when_to_come_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: object) -> None:
        raise OperationalError("database is locked: too many wait for their turn")

    monkeypatch.setattr("annotator.annotations.services.write_in_turn", busy)
    answer = world.as_bob.post(f"/api/v1/images/{world.image.pk}/annotations/bulk/", {"operations": []})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "database_busy", "2")

"""The campaign of faults (`make bench ARGS=faults`) in short: it injects, it counts, and it notices harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bench.bench_faults import KINDS, _order
from tests.bench.faults.by_people import cut, poisons
from tests.bench.faults.desk import Desk, compared, working
from tests.bench.faults.locked import BUSY, hold, small_site
from tests.bench.faults.machine import Site
from tests.bench.faults.outcome import NO_ANSWER, Outcome, Row, explained, is_sentence
from tests.bench.team.person import Answer


@pytest.fixture(scope="module")
def small() -> Iterator[tuple[Site, Desk]]:
    with small_site(1, people=1) as (site, (desk,)):
        yield site, desk


def test_a_line_cut_in_a_save_costs_nothing(small: tuple[Site, Desk]) -> None:
    _, desk = small
    stored, own = len(desk.stored()), len(desk.own)
    for share in (0.5, 1.0):
        wish = desk.wish()
        cut(desk, wish, share, 0.0)
        desk.save(wish)
    assert desk.judged() == Outcome()
    assert len(desk.stored()) - stored == len(desk.own) - own


def test_a_locked_database_costs_nothing(small: tuple[Site, Desk]) -> None:
    site, desk = small
    with working([desk]):
        hold(site, 0.1)
    assert desk.judged(BUSY) == Outcome()


def test_what_is_stored_otherwise_than_acknowledged_is_counted(small: tuple[Site, Desk]) -> None:
    _, desk = small
    desk.save()
    known = desk.own[0]
    desk.kept[known] += 1
    assert desk.judged() == Outcome(lost=1)
    desk.kept[known] -= 1
    assert desk.judged() == Outcome(doubled=1)


def test_objects_that_are_missing_old_or_nobodys() -> None:
    assert compared({"a": 2, "b": 1, "c": 3}, {"a": 2, "c": 2, "d": 1}) == Outcome(lost=2, doubled=1)


def test_which_answers_tell_a_person_something() -> None:
    told = b'{"code": "disk_full", "message": "The disk is full, nothing was changed. Ask an administrator."}'
    assert explained(Answer(507, told, 0.1), (507, "disk_full"))
    assert not explained(Answer(507, told, 0.1), (503, "database_busy"))
    assert not explained(Answer(507, b'{"code": "disk_full", "message": "ENOSPC"}', 0.1), (507, "disk_full"))
    assert not explained(Answer(500, b"<h1>Server Error</h1>", 0.1), (500, "server_error"))
    assert not explained(Answer(0, b"", 0.1))
    assert explained(Answer(0, b"", 0.1), NO_ANSWER)
    assert is_sentence("The server's disk is full.")
    assert not is_sentence("KeyError: 'x'")


def test_every_kind_has_its_turn_and_no_poison_is_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.bench_faults.FAULTS", sum(share for share, _ in KINDS.values()))
    order = _order(KINDS)
    assert set(order) == set(KINDS)
    assert len(order) == sum(share for share, _ in KINDS.values())
    assert len(poisons(bytes(200), 50)) == 10


def test_a_row_of_the_results_says_how_many_came_to_harm() -> None:
    row = Row("faults: two writers", 1.0, "wrong", "injected", 4.0, **vars(Outcome(injected=4, lost=1))).as_json()
    assert row.items() >= {"injected": 4, "lost": 1, "doubled": 0, "stuck": 0, "unexplained": 0, "ratio": 0.75}.items()

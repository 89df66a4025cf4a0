from __future__ import annotations

from typing import Any

import pytest

from annotator.projects.video.plan import Chooser, Plan


def chosen(plan: Plan, times: Any) -> list[float]:
    chooser = Chooser(plan)
    return [time for time in times if chooser.wants(time)]


def tenths(count: int) -> list[float]:
    return [number / 10 for number in range(count)]


def test_every_nth_counts_from_the_start() -> None:
    assert chosen(Plan(every=4), tenths(10)) == [0.0, 0.4, 0.8]
    assert chosen(Plan(every=4, start=0.25), tenths(10)) == [0.3, 0.7]


def test_a_rate_takes_the_first_frame_at_or_after_each_moment() -> None:
    assert chosen(Plan(rate=5), tenths(10)) == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert chosen(Plan(rate=4), tenths(10)) == [0.0, 0.3, 0.5, 0.8]


def test_a_rate_above_the_videos_gives_each_frame_once() -> None:
    assert chosen(Plan(rate=100), tenths(5)) == tenths(5)


def test_where_the_frame_rate_varies_frames_are_even_in_time() -> None:
    slow_then_fast = [0.0, 1.0, 2.0, *(2 + number / 10 for number in range(1, 21))]
    assert chosen(Plan(rate=1), slow_then_fast) == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_the_end_is_not_part_of_it() -> None:
    assert chosen(Plan(rate=10, start=0.2, end=0.5), tenths(10)) == [0.2, 0.3, 0.4]


def test_times_that_are_sums_of_fractions_are_not_missed() -> None:
    times = [number * (1001 / 30000) for number in range(300)]
    assert len(chosen(Plan(rate=30000 / 1001), times)) == 300


@pytest.mark.parametrize("wrong", [{}, {"rate": 1, "every": 2}, {"rate": 1, "start": 3, "end": 3}])
def test_a_plan_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"frames|end"):
        Plan(**wrong)


def test_how_many_are_expected() -> None:
    assert Plan(rate=2).expected(10, 30) == 20
    assert Plan(rate=60).expected(10, 30) == 300
    assert Plan(every=3, start=4, end=100).expected(10, 30) == 60
    assert Plan(every=3).expected(10, None) is None
    assert Plan(rate=2, start=20).expected(10, 30) == 0

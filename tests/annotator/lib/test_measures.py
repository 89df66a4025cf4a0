"""Alpha as Krippendorff works it out himself, means and their intervals."""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pytest

from annotator.lib.measures import alpha, mean


def units(*people: str) -> list[list[str | None]]:
    """Return what observers said, given as lines of values, "." for none."""
    return [[None if value == "." else value for value in unit] for unit in zip(*people, strict=True)]


BINARY = units("0100000010", "1110010000")
FOUR = units("123321412...", "123322412 5.3".replace(" ", ""), ".3332342251.", "12332441251.")
"""The examples A and C of Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"."""


def test_alpha_is_that_of_the_paper() -> None:
    assert alpha([BINARY]).value == pytest.approx(0.095, abs=0.0005)
    assert alpha([FOUR]).value == pytest.approx(0.743, abs=0.0005)


def slowly(every: list[list[str | None]]) -> float:
    """Alpha by its definition: the pairs within units against all pairs of values."""
    given = [[value for value in unit if value is not None] for unit in every]
    given = [unit for unit in given if len(unit) > 1]
    values = [value for unit in given for value in unit]
    observed = sum(sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in given) / len(values)
    expected = sum(a != b for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


def test_alpha_does_not_depend_on_how_units_lie_on_images() -> None:
    chance = random.Random(3)
    for _ in range(20):
        every = [[chance.choice([None, "a", "b", "c"]) for _ in range(3)] for _ in range(30)]
        images = [every[at : at + 5] for at in range(0, 30, 5)]
        assert alpha(images).value == pytest.approx(slowly(every))
        chance.shuffle(images)
        assert alpha(images).value == pytest.approx(slowly(every))


def test_where_there_is_nothing_to_compare_there_is_no_number() -> None:
    nothing = [alpha([]), alpha([[]]), alpha([units("aaa", "...")]), alpha([units("aaa", "aaa")] * 3), mean([], [])]
    assert [measure.value for measure in nothing] == [None] * 5
    assert mean([0.0, 0.0], [0, 0]).to_json() == {"value": None, "low": None, "high": None}
    assert alpha([BINARY]).low is None, "one image has no interval"


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Of 200 samples of 60 images, drawn from a known share, near 190 have an interval with that share in it."""
    rng = np.random.default_rng(5)
    holds = 0
    for _ in range(200):
        counts = rng.integers(1, 6, 60)
        measure = mean(list(rng.binomial(counts, 0.8)), list(counts))
        holds += measure.low <= 0.8 <= measure.high
    assert 178 <= holds <= 199


def test_an_interval_is_the_same_each_time_and_narrower_with_more() -> None:
    few, many = mean([1, 0, 1, 1] * 3, [1] * 12), mean([1, 0, 1, 1] * 30, [1] * 120)
    assert few == mean([1, 0, 1, 1] * 3, [1] * 12)
    assert few.value == many.value == 0.75
    assert many.high - many.low < few.high - few.low

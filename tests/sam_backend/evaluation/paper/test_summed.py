"""How the numbers of sets become one, with intervals."""

from __future__ import annotations

import numpy as np
import pytest

from sam_backend.evaluation.metrics import bootstrap_interval
from sam_backend.evaluation.paper.summed import Part, summary, table


def mean_of(name: str, values: list[float]) -> Part:
    held = np.array(values)
    return Part(name, len(held), len(held), lambda pick: {"share": float(np.mean(held[pick]))})


def test_sets_count_alike_whatever_their_size() -> None:
    found = summary([mean_of("many", [0.2] * 30), mean_of("few", [0.8, 0.8])])
    assert found["overall"]["share"] == pytest.approx(0.5)
    assert found["sets"]["many"] == {"share": 0.2, "n": 30, "images": 30, "intervals": {"share": [0.2, 0.2]}}
    assert (found["n"], found["images"]) == (32, 32)


def test_the_interval_is_that_of_the_present_protocol() -> None:
    values = np.random.default_rng(1).uniform(size=40)
    expected = bootstrap_interval(values, [str(place) for place in range(40)], ["one"] * 40)
    assert summary([mean_of("one", list(values))])["intervals"]["share"] == pytest.approx(expected, abs=0.01)


def test_what_one_set_cannot_tell_is_left_to_the_others() -> None:
    unknown = Part("unknown", 3, 3, lambda pick: {"share": float("nan")})
    found = summary([unknown, mean_of("known", [0.4, 0.6])])
    assert found["overall"]["share"] == 0.5
    assert found["intervals"]["share"] == [0.4, 0.6]
    assert found["sets"]["unknown"]["share"] is None
    assert "| share | 0.500 (0.400–0.600) | – | 0.500 (0.400–0.600) |" in table(found)


def test_a_single_image_has_no_interval() -> None:
    found = summary([mean_of("one", [0.3])])
    assert (found["overall"]["share"], found["intervals"]["share"]) == (0.3, None)

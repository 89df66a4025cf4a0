"""What counts as a number."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.lib.numbers import is_number


@pytest.mark.parametrize("value", [0, -3, 2.5, 1e300, 10**300, -(10**299)])
def test_numbers(value: float) -> None:
    assert is_number(value)


@pytest.mark.parametrize("value", [True, False, None, "5", [], 10**301, -(10**400), float("inf"), float("nan")])
def test_none(value: object) -> None:
    assert not is_number(value)


@given(st.integers(min_value=-(10**500), max_value=10**500) | st.floats())
def test_what_counts_can_be_computed_with_and_stored(value: float) -> None:
    if is_number(value):
        assert json.loads(json.dumps(value, allow_nan=False)) == value
        assert abs(float(value)) < float("inf")

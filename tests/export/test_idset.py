"""A set of ids that is small, and otherwise like any set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from export.idset import IdSet

numbers = st.lists(st.integers(-600, 600) | st.integers(0, 2**62))


@given(numbers, numbers)
def test_it_is_a_set(added: list[int], taken: list[int]) -> None:
    plain, ours = set(added), IdSet(added)
    assert set(ours) == plain
    assert len(ours) == len(plain)
    assert [number in ours for number in taken] == [number in plain for number in taken]
    for number in taken:
        ours.discard(number)
    assert list(ours) == sorted(plain - set(taken))

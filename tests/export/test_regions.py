"""Label maps taken apart in one walk, against taking each number by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from export import rle
from export.formats.painting import replay_map
from export.regions import regions

maps = hnp.arrays(
    np.int32, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16), elements=st.integers(0, 4)
)


@given(maps)
def test_each_number_has_the_mask_that_it_has_by_itself(numbers: np.ndarray) -> None:
    there = [int(number) for number in np.unique(numbers) if number]
    assert list(regions(numbers)) == [(number, rle.encode(numbers == number)) for number in there]


def test_a_map_of_one_number_and_one_of_nobody() -> None:
    assert list(regions(np.full((3, 2), 65535, np.uint16))) == [(65535, rle.encode(np.ones((3, 2), bool)))]
    assert list(regions(np.zeros((3, 2), np.uint8))) == []


def test_objects_come_in_the_order_of_their_ids_and_none_may_be_missing() -> None:
    numbers = np.array([[1, 1, 2], [0, 3, 2]])
    found = list(replay_map(numbers, [9, 0, 4]))
    assert found == [(4, rle.encode(numbers == 3)), (9, rle.encode(numbers == 1))]
    with pytest.raises(ValueError, match="zip"):
        list(replay_map(numbers, [9, 4]))

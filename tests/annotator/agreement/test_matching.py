"""Which objects are the same: whoever comes first, in whatever order, with whatever in common."""

from __future__ import annotations

from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.matching import LEAST_IOU, Shape, boundary_iou, groups, match
from export.rle import encode, iou

SIZE = (24, 32)
Box = tuple[int, int, int, int]
boxes = st.tuples(st.integers(0, 24), st.integers(0, 16), st.integers(1, 8), st.integers(1, 8))
people = st.lists(st.tuples(boxes, st.sampled_from(["cat", "dog", ""])), max_size=6)


def shape(box: Box, label: str = "cat", name: str = "", size: tuple[int, int] = SIZE) -> Shape:
    x, y, width, height = box
    mask = np.zeros(size, bool)
    mask[y : y + height, x : x + width] = True
    return Shape(name, label, encode(mask), box, width * height)


def drawn(made: list[tuple[Box, str]]) -> list[Shape]:
    return [shape(box, label) for box, label in made]


def said(first: list[Shape], second: list[Shape]) -> list[tuple[Box, Box]]:
    """What was matched, without the places."""
    return sorted((first[pair.first].box, second[pair.second].box) for pair in match(first, second))


def best_by_trying(first: list[Shape], second: list[Shape]) -> float:
    """The largest sum of IoUs of one half at least: every assignment is tried."""
    small, large = sorted((first, second), key=len)
    table = [[iou(a.rle, b.rle) for b in large] for a in small]
    kept = [[share if share >= LEAST_IOU else 0.0 for share in row] for row in table]
    return max(sum(row[at] for row, at in zip(kept, order, strict=False)) for order in permutations(range(len(large))))


@settings(max_examples=40, deadline=None)
@given(people, people)
def test_the_assignment_is_the_best_of_all(first: list[tuple[Box, str]], second: list[tuple[Box, str]]) -> None:
    one, other = drawn(first[:4]), drawn(second[:4])
    found = match(one, other)
    assert len({pair.first for pair in found}) == len({pair.second for pair in found}) == len(found)
    assert all(pair.iou == iou(one[pair.first].rle, other[pair.second].rle) >= LEAST_IOU for pair in found)
    assert sum(pair.iou for pair in found) == pytest.approx(best_by_trying(one, other))


@settings(max_examples=60, deadline=None)
@given(people, people, st.randoms())
def test_neither_order_nor_who_comes_first_matters(first: list, second: list, chance: Random) -> None:
    one, other = drawn(first), drawn(second)
    expected = said(one, other)
    assert sorted((b, a) for a, b in said(other, one)) == sorted(expected)
    chance.shuffle(one)
    chance.shuffle(other)
    assert said(one, other) == expected


def test_of_two_that_overlap_alike_the_one_with_the_label_is_the_same() -> None:
    mine = [shape((4, 4, 6, 6), "dog")]
    theirs = [shape((4, 4, 6, 6), "cat"), shape((4, 4, 6, 6), "dog")]
    assert [pair.second for pair in match(mine, theirs)] == [1]


def test_many_objects_are_few_islands() -> None:
    """A thousand objects each: only masks whose boxes allow it are compared."""
    size = (400, 1600)
    places = [(40 * (at % 40), 16 * (at // 40), 12, 12) for at in range(1000)]
    one = [shape(place, size=size) for place in places]
    other = [shape((x + 1, y, width, height), size=size) for x, y, width, height in reversed(places)]
    assert [pair.second for pair in match(one, other)] == list(reversed(range(1000)))


def test_groups_hold_one_object_of_each_person() -> None:
    a = [shape((0, 0, 8, 8)), shape((20, 10, 4, 4))]
    b = [shape((1, 0, 8, 8))]
    c = [shape((0, 1, 8, 8)), shape((20, 10, 4, 5))]
    assert sorted(map(sorted, (group.items() for group in groups([a, b, c])))) == [
        [(0, 0), (1, 0), (2, 0)],
        [(0, 1), (2, 1)],
    ]
    assert groups([[], [], [shape((0, 0, 2, 2))]]) == [{2: 0}]


def test_boundary_iou_is_that_of_the_bands_along_both_outlines() -> None:
    """Two squares of 40 in an image with a band of 2 pixels, one shifted by 1: counted by hand. Each band has
    40² − 36² = 304 pixels. Common to both: the upper and lower two rows, 39 wide, and at each side one column of the
    36 rows between."""
    size = (60, 80)  # the diagonal is 100
    one, other = shape((10, 10, 40, 40), size=size), shape((11, 10, 40, 40), size=size)
    common = 2 * 2 * 39 + 2 * 1 * 36
    assert boundary_iou(one, other) == pytest.approx(common / (2 * 304 - common))
    assert boundary_iou(one, one) == 1.0


def test_a_band_that_is_wider_than_the_objects_compares_them_whole() -> None:
    one, other = shape((2, 2, 2, 2), size=(60, 80)), shape((2, 2, 2, 3), size=(60, 80))
    assert boundary_iou(one, other) == pytest.approx(4 / 6)

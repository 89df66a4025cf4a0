from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.suggestions.known import Found, Known
from annotator.suggestions.parameters import Use
from annotator.suggestions.search.arrange import arrange, parents_of
from export import rle
from export.rle import bbox
from export.spans import Spans
from tests.annotator.suggestions.conftest import CAR, OTHER_WHEEL, TREE, WHEEL, box_mask, found

NOTHING = Known([])


def arranged(items: Any, accepted: Any = NOTHING, rejected: Any = NOTHING, **use: Any) -> Any:
    return arrange(items, accepted, rejected, Use(**use))


def test_the_best_comes_first_and_parts_know_their_whole() -> None:
    result = arranged([OTHER_WHEEL, TREE, CAR, WHEEL])
    assert [item.found for item in result] == [CAR, WHEEL, OTHER_WHEEL, TREE]
    assert [item.parent for item in result] == [None, 0, 0, None]


def test_a_parent_is_the_smallest_whole() -> None:
    street = found(0, 8, 60, 30, 0.5)
    result = arranged([WHEEL, CAR, street])
    assert [item.found for item in result] == [CAR, WHEEL, street]
    assert [item.parent for item in result] == [2, 0, None]


def test_equal_masks_are_not_each_others_parts() -> None:
    assert [item.parent for item in arranged([CAR, CAR])] == [None, None]


def test_what_is_accepted_is_not_suggested_again() -> None:
    almost = Known([box_mask(2, 10, 40, 19)])
    assert [item.found for item in arranged([CAR, TREE], almost)] == [TREE]


def test_a_part_of_an_accepted_object_is_suggested_only_when_asked_for() -> None:
    car = Known([CAR.rle])
    assert [item.found for item in arranged([WHEEL, TREE], car)] == [TREE]
    assert [item.found for item in arranged([WHEEL, TREE], car, avoid_inside=2)] == [WHEEL, TREE]


def test_a_whole_round_an_accepted_part_is_news() -> None:
    assert [item.found for item in arranged([CAR], Known([WHEEL.rle]))] == [CAR]


def test_what_was_rejected_is_not_suggested_again_but_its_parts_are() -> None:
    assert [item.found for item in arranged([CAR, WHEEL], rejected=Known([CAR.rle]))] == [WHEEL]


def test_empty_masks_are_no_suggestions() -> None:
    nothing = Found(rle.encode(np.zeros((48, 64), bool)), 1.0, 1.0, (1, 1), (0, 0, 64, 48))
    assert arranged([nothing]) == []


def test_parents_of_many_masks_agree_with_the_plain_definition() -> None:
    chance = np.random.default_rng(3)
    masks = []
    for _ in range(60):
        x, y, width, height = chance.integers(0, 30), chance.integers(0, 30), *chance.integers(2, 30, 2)
        masks.append(rle.decode(box_mask(int(x), int(y), int(width), int(height))))
    packed = [rle.encode(mask) for mask in masks]
    for index, parent in enumerate(parents_of([Spans.of(mask) for mask in packed], [bbox(mask) for mask in packed])):
        mask = masks[index]
        holders = [
            other.sum() for other in masks if other.sum() > mask.sum() and (other & mask).sum() >= 0.9 * mask.sum()
        ]
        assert (None if parent is None else masks[parent].sum()) == min(holders, default=None)


def test_3000_masks_are_arranged() -> None:
    many = [found(n % 50, n // 100, 4 + n % 9, 3 + n % 7, n / 3000) for n in range(3000)]
    result = arranged(many)
    assert len(result) == 3000
    assert all(item.parent is None or result[item.parent].area > item.area for item in result)


@pytest.mark.parametrize(("x", "is_part"), [(10, True), (11, True), (12, False)])
def test_nine_tenths_inside_make_a_part(x: Any, is_part: bool) -> None:
    whole, shifted = found(0, 0, 20, 40), found(x, 0, 10, 40, 0.5)
    assert arranged([whole, shifted])[1].parent == (0 if is_part else None)

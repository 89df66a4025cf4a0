from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sam_backend import propagate as library
from sam_backend.propagate import Propagation, iou, propagate_all
from tests.sam_backend.data_engine.make_propagate_golden import GOLDEN, golden

SIDE = 20


def block(left: int, right: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[5:15, left:right] = True
    return mask


def test_the_library_keeps_to_the_golden_file_that_the_editor_is_held_against_too() -> None:
    assert json.loads(GOLDEN.read_text()) == golden()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What each mask, by its first column, is found as."""
    known: dict[int, tuple[np.ndarray, float]] = {}

    def answer(predictor: Any, source: Any, mask: Any, target: Any, first: Any) -> Propagation:
        found, likeness = known[int(mask.any(0).argmax())]
        return Propagation(np.zeros((4, 4), np.float32), found, 1.0, 1.0, likeness, 1.0)

    monkeypatch.setattr(library, "propagate", answer)
    return known


def test_two_objects_do_not_become_one(answers: Any) -> None:
    answers |= {0: (block(0, 6), 0.9), 8: (block(0, 6), 0.99), 14: (block(14, 20), 0.95)}
    left, middle, right = propagate_all(None, None, [block(0, 5), block(8, 12), block(14, 19)], None)
    assert (left.contested, middle.contested, right.contested) == (True, False, False)
    assert (left.sure, middle.sure, right.sure) == (False, True, True)


def test_objects_that_lay_in_the_same_place_before_may_stay_there(answers: Any) -> None:
    answers |= {0: (block(0, 10), 0.9), 1: (block(0, 10), 0.99)}
    found = propagate_all(None, None, [block(0, 10), block(1, 10)], None)
    assert [one.contested for one in found] == [False, False]


def test_overlap_of_nothing_is_none() -> None:
    assert iou(np.zeros((2, 2), bool), np.zeros((2, 2), bool)) == 0
    assert iou(block(0, 10), block(5, 15)) == pytest.approx(1 / 3)


def test_a_chain_that_drifted_to_something_else_is_not_sure() -> None:
    sure = Propagation(np.zeros((4, 4), np.float32), block(0, 10), 1.0, 1.0, 1.0, library.KINSHIP)
    assert sure.sure
    assert not Propagation(np.zeros((4, 4), np.float32), block(0, 10), 1.0, 1.0, 1.0, library.KINSHIP - 0.01).sure

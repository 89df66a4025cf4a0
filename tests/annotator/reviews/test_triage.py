"""What looks as if it were worth a look, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.reviews.shapes import is_ragged, pieces_and_holes
from annotator.reviews.triage import weigh
from export import rle
from tests.annotator.annotations.conftest import HEIGHT, WIDTH, make_image, make_mask
from tests.annotator.reviews.conftest import Place


def texts(place: Place) -> list[str]:
    seen = place.seen(place.dana)
    assert [reason["text"] for reason in weigh(place.image)[1]] == [reason["text"] for reason in seen["reasons"]]
    return [reason["text"] for reason in seen["reasons"]]


def painted(*boxes: tuple[int, int, int, int, bool]) -> dict[str, Any]:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for x, y, width, height, value in boxes:
        mask[y : y + height, x : x + width] = value
    return rle.encode(mask).to_json()


def test_plain_work_has_no_reasons(submitted: Place) -> None:
    assert (texts(submitted), submitted.seen(submitted.dana)["risk"]) == ([], 0.0)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"label": None}, "A mask has no label"),
        ({"predicted_iou": 0.6}, "The model was unsure of a mask"),
        ({"stability_score": 0.7}, "A mask is unstable"),
        ({"rle": make_mask(x=0)}, "A mask touches the border"),
        ({"rle": make_mask(x=WIDTH - 10)}, "A mask touches the border"),
        ({"rle": painted((5, 5, 20, 20, True), (10, 10, 4, 4, False))}, "A mask has holes"),
        ({"rle": painted((5, 5, 5, 5, True), (20, 20, 5, 5, True))}, "A mask is in several pieces"),
    ],
)
def test_each_sign_is_said(place: Place, values: dict[str, Any], text: str) -> None:
    row = place.add(place.bob, **values)
    place.done(place.bob)
    assert texts(place) == [text]
    seen = place.seen(place.dana)
    assert seen["reasons"][0]["objects"] == [row["id"]]
    assert 0 < seen["risk"] < 1


def test_nothing_outlined_weighs_most_and_several_are_counted(place: Place) -> None:
    place.done(place.bob)
    assert texts(place) == ["Nothing is outlined"]
    empty = place.seen(place.dana)["risk"]
    place.done(place.bob, state="in_progress")
    for x in (5, 20, 35):
        place.add(place.bob, rle=make_mask(x=x), label=None, predicted_iou=0.5)
    place.done(place.bob)
    assert texts(place) == ["3 masks have no label", "The model was unsure of 3 masks"]
    assert place.seen(place.dana)["risk"] < empty


def test_a_size_that_its_label_never_has_is_unusual(place: Place) -> None:
    for number in range(10):
        other = make_image(place.project, f"{number}.jpg")
        place.add(place.bob, other, rle=make_mask(width=9 + number % 3))
    place.add(place.bob, rle=make_mask(x=1, y=1, width=2, height=1))
    place.add(place.bob, rle=make_mask(x=20))
    place.done(place.bob)
    assert texts(place) == ["A mask has an unusual size for its label"]


def test_work_much_quicker_than_usual_is_told(place: Place) -> None:
    for number in range(10):
        place.add(place.bob, make_image(place.project, f"{number}.jpg"), seconds=10.0 + number)
    place.add(place.bob, seconds=1.0)
    place.done(place.bob)
    assert texts(place) == ["It was done unusually quickly"]


def test_pieces_and_holes_are_counted_also_of_masks_that_fill_their_box() -> None:
    assert pieces_and_holes(make_mask(), [5, 5, 10, 10]) == (1, 0)
    ring = painted((5, 5, 12, 12, True), (8, 8, 3, 3, False), (13, 13, 2, 2, False))
    assert pieces_and_holes(ring, [5, 5, 12, 12]) == (1, 2)
    open_ring = painted((5, 5, 12, 12, True), (8, 5, 3, 6, False))
    assert pieces_and_holes(open_ring, [5, 5, 12, 12]) == (1, 0)


def test_a_mask_larger_than_what_is_looked_at_costs_no_more() -> None:
    mask = np.ones((4000, 3000), bool)
    mask[1000:2000, 1000:2000] = False
    assert pieces_and_holes(rle.encode(mask).to_json(), [0, 0, 3000, 4000]) == (1, 1)


def test_it_is_reckoned_anew_with_each_submission(place: Place) -> None:
    row = place.add(place.bob, label=None)
    place.done(place.bob)
    place.send_back(place.dana)
    place.change(place.bob, row, label=str(place.cat.pk))
    place.done(place.bob)
    assert texts(place) == []


def shape(wanted: Callable[[np.ndarray, np.ndarray], np.ndarray], side: int = 200) -> tuple[dict[str, Any], list[int]]:
    """A mask of what is wanted of a square, by the distances of its pixels from the middle, with its box."""
    y, x = np.mgrid[:side, :side] - side / 2 + 0.5
    mask = wanted(x, y)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]
    return rle.encode(mask).to_json(), [int(value) for value in box]


SMOOTH = {
    "disc": lambda x, y: x**2 + y**2 < 60**2,
    "slanted edge": lambda x, y: (abs(x + 0.37 * y) < 40) & (abs(y) < 70),
    "star": lambda x, y: np.hypot(x, y) < 50 + 20 * np.cos(5 * np.arctan2(y, x)),
    "ring": lambda x, y: abs(np.hypot(x, y) - 50) < 12,
    "square": lambda x, y: (abs(x) < 50) & (abs(y) < 50),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_outlines_are_not_ragged_and_those_with_teeth_are(name: str) -> None:
    assert not is_ragged(*shape(SMOOTH[name]))
    chance = np.random.default_rng(4)

    def frayed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        mask = SMOOTH[name](x, y)
        near = np.zeros_like(mask)
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            near |= np.roll(mask, (2 * dy, 2 * dx), (0, 1)) != mask
        return mask ^ (near & (chance.random(mask.shape) < 0.4))

    assert is_ragged(*shape(frayed))


def test_ragged_edges_are_told_and_a_few_pixels_are_not_judged(place: Place) -> None:
    comb = painted((10, 10, 40, 12, True), *((x, 22, 1, 8, True) for x in range(10, 50, 2)))
    place.add(place.bob, rle=comb)
    place.add(place.bob, rle=painted((2, 2, 1, 5, True), (4, 2, 1, 5, True), (2, 6, 3, 1, True)))
    place.done(place.bob)
    assert texts(place) == ["A mask has ragged edges"]


@pytest.mark.parametrize(
    ("second", "other_label", "told"),
    [
        (make_mask(x=12), False, True),  # a third of each, of the same label
        (make_mask(x=14), False, False),  # a tenth
        (make_mask(x=12), True, False),  # two things may be in each other's way
        (make_mask(x=6), True, True),  # the same thing, named twice
        (make_mask(x=7, y=7, width=3, height=3), True, False),  # a part on its whole
        (make_mask(x=7, y=7, width=3, height=3), False, True),
    ],
)
def test_masks_that_lie_over_others_are_told(
    place: Place, second: dict[str, Any], other_label: bool, told: bool
) -> None:
    first = place.add(place.bob)
    label = place.project.labels.create(name="dog", color="#00ff00") if other_label else place.cat
    over = place.add(place.bob, rle=second, label=str(label.pk))
    place.done(place.bob)
    assert texts(place) == (["2 masks lie over others"] if told else [])
    if told:
        assert set(place.seen(place.dana)["reasons"][0]["objects"]) == {first["id"], over["id"]}

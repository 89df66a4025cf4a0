"""What looks as if it were worth a look, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.reviews.shapes import pieces_and_holes
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

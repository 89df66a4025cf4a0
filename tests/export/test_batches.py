from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from export import Instance, Rle, RleError, rle
from export.batches import measure, measured
from export.counts import pack
from tests.export.conftest import shapes

bitmaps = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20))


@given(st.lists(bitmaps, min_size=1, max_size=12))
def test_many_masks_measure_as_pycocotools_measures_each(drawn: list[np.ndarray]) -> None:
    masks = [rle.encode(one) for one in drawn]
    found = measure(masks)
    for mask, area, box in zip(masks, found.areas.tolist(), found.boxes.tolist(), strict=True):
        theirs = {"size": list(mask.size), "counts": mask.counts}
        assert area == coco.area(theirs)
        assert box == coco.toBbox(theirs).tolist()


@given(st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=9), min_size=1, max_size=8))
def test_zero_runs_inside_change_nothing(spelled: list[list[int]]) -> None:
    rows = [one if sum(one) else [*one, 1] for one in spelled]
    masks = [Rle((1, sum(one)), pack(np.array(one))) for one in rows]
    found = measure(masks)
    proper = measure([rle.from_runs(mask.size, rle.runs(mask)) for mask in masks])
    assert found.areas.tolist() == proper.areas.tolist()
    assert found.boxes.tolist() == proper.boxes.tolist()


def test_boxes_are_right_on_a_gigapixel() -> None:
    size = (32768, 32768)
    last = size[0] * size[1] - 1
    masks = [rle.from_runs(size, [at, 1, last - at]) for at in (0, 32767, 32768, last - 1)]
    found = measure([*masks, rle.from_runs(size, [0, last + 1])])
    assert found.boxes.tolist() == [
        [0, 0, 1, 1], [0, 32767, 1, 1], [1, 0, 1, 1], [32767, 32766, 1, 1], [0, 0, 32768, 32768],
    ]  # fmt: skip


@given(st.lists(st.text(st.sampled_from("01Oo`P\\é "), max_size=8), min_size=1, max_size=4), st.integers(1, 9))
def test_it_refuses_what_one_of_them_would_be_refused_for(texts: list[str], width: int) -> None:
    masks = [Rle((2, width), text) for text in texts]

    def refusal(work: Callable[[], object]) -> str:
        try:
            work()
        except RleError as error:
            return str(error)
        return ""

    assert refusal(lambda: measure(masks)) == refusal(lambda: [rle.runs(mask) for mask in masks])


def test_objects_come_through_in_order_and_know_their_numbers() -> None:
    drawn = [*shapes(40, 30).values()] * 60
    items = [Instance(number, 1, None, rle.encode(mask)) for number, mask in enumerate(drawn, start=1)]
    found = list(measured(iter(items)))
    assert found == items
    assert [(rle.area(item.rle), rle.bbox(item.rle)) for item in found] == [
        (int(mask.sum()), rle.bbox(rle.encode(mask))) for mask in drawn
    ]
    assert all(item.rle.known for item in found)
    with pytest.raises(RleError, match="make 4 pixels"):
        list(measured([*items, Instance(1, 1, None, Rle((40, 30), "4"))]))

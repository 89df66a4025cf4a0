"""Orders hold every image once; each puts first what it says it does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.choosing import ORDERS, Order, Outlook, order_of, outlook
from sam_backend.choosing.orders import ranks

chances = st.floats(0, 1, allow_nan=False)
places = st.lists(st.floats(-1, 1, allow_nan=False), min_size=3, max_size=3)


def seen(disagreement: float, gap: float, place: list[float]) -> Outlook:
    vector = np.array(place, np.float32)
    return Outlook(disagreement, gap, vector / (np.linalg.norm(vector) + 1e-9))


outlooks = st.builds(seen, chances, chances, places)


@given(st.lists(outlooks, max_size=12), st.lists(outlooks, max_size=3), st.sampled_from(ORDERS), st.integers(0, 3))
def test_every_image_comes_once_and_the_order_stays(
    images: list[Outlook], labelled: list[Outlook], order: Order, seed: int
) -> None:
    found = order_of(images, labelled, order, seed)
    assert sorted(found) == list(range(len(images)))
    assert found == order_of(images, labelled, order, seed)


def test_what_the_model_is_least_sure_of_comes_first() -> None:
    images = [seen(0.1, 0.1, [1, 0, 0]), seen(0.9, 0.8, [1, 0, 0]), seen(0.5, 0.4, [1, 0, 0])]
    assert order_of(images, [], "unsure") == [1, 2, 0]


def test_what_is_unlike_the_labelled_ones_comes_first_and_twins_come_last() -> None:
    labelled = [seen(0, 0, [1, 0, 0])]
    images = [seen(0, 0, [1, 0.1, 0]), seen(0, 0, [0, 1, 0]), seen(0, 0, [0, 1, 0.01]), seen(0, 0, [0.5, 0, 1])]
    assert order_of(images, labelled, "unlike") == [1, 3, 0, 2]


@given(st.lists(outlooks, min_size=1, max_size=10), st.lists(outlooks, min_size=1, max_size=3))
def test_each_next_one_is_the_farthest_from_all_before_it(images: list[Outlook], labelled: list[Outlook]) -> None:
    found = order_of(images, labelled, "unlike")
    known = [one.place.astype(float) for one in labelled]

    def distance(at: int) -> float:
        place = images[at].place.astype(float)
        return min(1 - float(place @ one) / float(np.linalg.norm(one) + 1e-9) for one in known)

    for number, at in enumerate(found):
        assert distance(at) >= max(distance(other) for other in found[number:]) - 1e-6
        known.append(images[at].place.astype(float))


def test_ranks_go_from_0_to_1_and_ties_share_theirs() -> None:
    assert ranks(np.array([3.0, 1.0, 2.0, 2.0])).tolist() == pytest.approx([1, 0, 0.5, 0.5])


def test_a_photo_with_things_on_it_is_told_from_an_empty_one() -> None:
    predictor = Predictor(load_package(compact_package_path()), threads=1)
    full, empty = (predictor.encode(pixels) for pixels in (data.coffee(), np.full((96, 128, 3), 128, np.uint8)))
    found = [outlook(predictor, embedding, side=2) for embedding in (full, empty)]
    for one in found:
        assert 0 <= one.disagreement <= 1
        assert 0 <= one.gap <= 1
        assert np.linalg.norm(one.place) == pytest.approx(1, abs=1e-5)
    assert float(found[0].place @ found[1].place) < 0.999
    again = outlook(predictor, full, side=2)
    assert (again.disagreement, again.gap) == (found[0].disagreement, found[0].gap)

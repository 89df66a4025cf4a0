"""The draw: whole, stable, in proportion; and nobody is given what they may not have."""

from __future__ import annotations

import uuid
from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from annotator.audits.drawing import Drawable, dealt, drawn, shares


def some(count: int, labels: str = "ab", seed: int = 0) -> list[Drawable]:
    rng = Random(seed)
    return [
        Drawable(uuid.UUID(int=rng.getrandbits(128)), uuid.UUID(int=at // 3), labels[at % len(labels)])
        for at in range(count)
    ]


@given(st.integers(1, 40), st.integers(0, 5), st.booleans(), st.data())
def test_a_sample_holds_no_mask_twice_and_does_not_hang_on_their_order(
    count: int, seed: int, by_label: bool, data: st.DataObject
) -> None:
    masks = some(count)
    size = data.draw(st.integers(1, count))
    found = drawn(masks, size, seed, by_label=by_label)
    assert len({mask.id for mask in found}) == size
    assert set(found) <= set(masks)
    again = drawn(data.draw(st.permutations(masks)), size, seed, by_label=by_label)
    assert again == found


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50), min_size=1), st.data())
def test_shares_are_in_proportion_to_less_than_a_mask(counts: dict[str, int], data: st.DataObject) -> None:
    total = sum(counts.values())
    size = data.draw(st.integers(1, total))
    found = shares(counts, size)
    assert sum(found.values()) == size
    assert all(abs(found[name] - size * count / total) < 1 and found[name] <= count for name, count in counts.items())


def test_every_mask_is_drawn_as_often_as_any_other() -> None:
    masks = some(8)
    often = Counter(mask.id for seed in range(2000) for mask in drawn(masks, 2, seed, by_label=False))
    # 500 are expected of each; 5 standard deviations are some 97.
    assert len(often) == 8
    assert all(400 < n < 600 for n in often.values())


def test_images_go_to_who_may_have_them_and_evenly() -> None:
    people = [uuid.UUID(int=100 + at) for at in range(3)]
    images = {uuid.UUID(int=at): 1 + at % 2 for at in range(30)}
    able = {image: [people[0]] if image.int < 5 else people for image in images}
    found = dealt(images, able, 1)
    assert all(found[image] in able[image] for image in images)
    load = Counter[uuid.UUID]()
    for image, person in found.items():
        load[person] += images[image]
    assert max(load.values()) - min(load.values()) <= 2

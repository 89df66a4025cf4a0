"""Objects on a shelf: in the order of their images whatever order they came in, and the same from disk."""

from __future__ import annotations

import pytest

from export import Instance, rle
from export.reading import Builder, shelf
from export.reading.shelf import Shelf

MASKS = [rle.Rle((4, 5), counts) for counts in ("05?", "15>", "25=")]


@pytest.mark.parametrize("kept", [1, 1 << 20])
def test_objects_come_by_image_in_the_order_they_came(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    monkeypatch.setattr(shelf, "KEPT_IN_MEMORY", kept)
    builder = Builder()
    places = [builder.image(f"{at}.png", 5, 4, number=at + 7) for at in range(3)]
    label = builder.label("cat")
    for number, (image, mask) in enumerate([(2, 0), (0, 1), (2, 2), (0, 0)]):
        builder.add(places[image], label if number else None, MASKS[mask], number=number, attributes={"n": number})
    found = builder.dataset().instances
    assert isinstance(found, Shelf)
    # A file that counts from 0 moves up by one; so did the images, which did not begin there, not.
    expected = [
        Instance(2, 7, 1, MASKS[1], attributes={"n": 1}), Instance(4, 7, 1, MASKS[0], attributes={"n": 3}),
        Instance(1, 9, None, MASKS[0], attributes={"n": 0}), Instance(3, 9, 1, MASKS[2], attributes={"n": 2}),
    ]  # fmt: skip
    assert list(found) == expected == list(found)
    assert found == tuple(expected)
    assert (len(found), found[1], found[1:3]) == (4, expected[1], expected[1:3])
    assert [list(found.of(image)) for image in (7, 8, 9)] == [expected[:2], [], expected[2:]]
    assert [found.count(image) for image in (7, 8, 9)] == [2, 0, 2]


def test_two_walks_at_once_do_not_disturb_each_other() -> None:
    builder = Builder()
    place = builder.image("a.png", 5, 4)
    for mask in MASKS:
        builder.add(place, None, mask)
    found = builder.dataset().instances
    assert [(one.rle, other.rle) for one, other in zip(found, found, strict=True)] == [(mask, mask) for mask in MASKS]


def test_numbers_that_are_taken_or_missing_get_the_next_one_free() -> None:
    builder = Builder()
    place = builder.image("a.png", 5, 4)
    for number in (5, None, 5, 3):
        builder.add(place, None, MASKS[0], number=number)
    assert [one.id for one in builder.dataset().instances] == [5, 6, 7, 3]
    assert len(Builder().dataset().instances) == 0

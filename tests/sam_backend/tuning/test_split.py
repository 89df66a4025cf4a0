"""Who learns, who chooses, who is only measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_backend.tuning import Example, TuneError, TuneOptions
from sam_backend.tuning.split import split

MASK = {"size": [4, 4], "counts": "54"}
names = st.lists(st.tuples(st.text(min_size=1), st.integers(0, 30)), min_size=4, max_size=60, unique_by=lambda n: n[0])


def example(key: str, group: str, masks: int = 4) -> Example:
    return Example(key, group, lambda: b"", (MASK,) * masks)


def keys(side: tuple[Example, ...]) -> set[str]:
    return {one.key for one in side}


@given(names, st.integers(0, 5), st.floats(0.05, 0.9))
def test_no_group_stands_on_two_sides_and_no_side_is_empty(
    named: list[tuple[str, int]], seed: int, share: float
) -> None:
    given_ = [example(key, f"{group}") for key, group in named]
    if len({one.group for one in given_}) < 4:
        with pytest.raises(TuneError, match="at least 4"):
            split(given_, TuneOptions(seed=seed))
        return
    sides = split(given_, TuneOptions(seed=seed, held_out=share))
    groups = [{one.group for one in side} for side in (sides.train, sides.check, sides.held_out)]
    assert all(groups)
    assert sum(map(len, groups)) == len(set().union(*groups)) == len({one.group for one in given_})
    assert len(groups[2]) >= 2


@given(st.integers(8, 40), st.integers(1, 40))
def test_an_image_that_was_held_out_by_its_hash_is_never_learnt_from_later(count: int, more: int) -> None:
    few = [example(f"{n}", f"{n}") for n in range(count)]
    many = [*few, *(example(f"new {n}", f"new {n}") for n in range(more))]
    options = TuneOptions()
    earlier, later = split(few, options), split(many, options)
    if len(earlier.held_out) > 2:  # fewer are filled up by rank
        assert keys(earlier.held_out) <= keys(later.held_out)


def test_the_order_of_the_examples_changes_nothing() -> None:
    given_ = [example(f"{n}", f"{n // 2}") for n in range(20)]
    one, other = split(given_, TuneOptions()), split(given_[::-1], TuneOptions())
    assert [keys(side) for side in vars(one).values()] == [keys(side) for side in vars(other).values()]


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        ([example("a", "a", 1), example("b", "b", 1), example("c", "c", 1)], "There are 3 accepted masks; 10 are"),
        ([], "There are 0 accepted masks"),
        ([example("a", "a", 40)], "on 1 image of 1 group"),
        ([example(f"{n}", "film") for n in range(30)], r"on 30 images of 1 group \(a video is one\)"),
        ([example("a", f"{n}") for n in range(9)], "An image was given twice"),
    ],
)
def test_too_little_to_learn_from_is_said(examples: list[Example], said: str) -> None:
    with pytest.raises(TuneError, match=said):
        split(examples, TuneOptions())


def test_images_without_masks_count_for_nothing() -> None:
    given_ = [*(example(f"{n}", f"{n}") for n in range(8)), example("empty", "empty", 0)]
    sides = split(given_, TuneOptions())
    assert "empty" not in keys(sides.train) | keys(sides.check) | keys(sides.held_out)

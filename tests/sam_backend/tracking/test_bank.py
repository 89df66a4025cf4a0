"""What is kept of a long video, and what is read of it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from sam_backend.tracking.bank import Bank, Remembered  # noqa: E402

pytestmark = pytest.mark.torch


def kept(number: int) -> Remembered:
    return Remembered(torch.full((1, 2), float(number)), torch.full((3, 2), float(number)))


def read(bank: Bank, frame: int, step: int) -> list[tuple[int, float]]:
    return [(apart, float(memory[0, 0])) for apart, memory in bank.memories(frame, step)]


def test_a_thousand_frames_take_no_more_than_forty() -> None:
    bank = Bank(frames=7, pointers=16, most=8)
    bank.mark(0, kept(0))
    sizes = []
    for frame in range(1, 1000):
        bank.add(frame, kept(frame), begin=0)
        sizes.append(bank.values())
    assert max(sizes) == max(sizes[:40]) == sizes[-1]
    assert read(bank, 1000, 1) == [(0, 0.0)] + [(apart, 1000.0 - apart) for apart in range(6, 0, -1)]
    pointers = [float(pointer[0, 0]) for _, pointer in bank.ahead_pointers(1000, 1, 16)]
    assert pointers == [0.0, *(1000.0 - apart for apart in range(1, 16))]


def test_the_way_back_reads_what_the_way_forward_left_near_the_beginning() -> None:
    bank = Bank(frames=4, pointers=6, most=8)
    bank.mark(50, kept(50))
    for frame in range(51, 100):
        bank.add(frame, kept(frame), begin=50)
    assert read(bank, 49, -1) == [(0, 50.0), (3, 52.0), (2, 51.0)]


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60), st.integers(0, 200))
def test_of_many_marked_frames_the_nearest_count(frames: list[int], at: int) -> None:
    bank = Bank(frames=4, pointers=6, most=8)
    for frame in frames:
        bank.mark(frame, kept(frame))
    assert len(bank.marked) <= 16
    assert frames[-1] in bank.marked
    chosen = bank.nearest(at)
    assert len(chosen) == min(len(bank.marked), 8)
    assert len(set(chosen)) == len(chosen)
    distances = sorted(abs(frame - at) for frame in bank.marked)
    assert distances[0] in {abs(frame - at) for frame in chosen}


def test_a_marked_frame_is_not_read_twice() -> None:
    bank = Bank(frames=4, pointers=6, most=8)
    bank.add(3, kept(3), begin=3)
    bank.mark(3, kept(30))
    assert read(bank, 4, 1) == [(0, 30.0)]


def test_a_marked_frame_beyond_those_that_count_is_read_as_one_that_was_passed() -> None:
    """As the authors' code does, its memory and its pointer."""
    bank = Bank(frames=4, pointers=6, most=2)
    for frame in (1, 3, 6):
        bank.mark(frame, kept(frame))
    assert sorted(bank.nearest(5)) == [3, 6]
    assert read(bank, 4, 1) == [(0, 3.0), (0, 6.0), (3, 1.0)]
    pointers = [(round(moment * 5), float(pointer.flatten()[0])) for moment, pointer in bank.ahead_pointers(4, 1, 6)]
    assert pointers == [(1, 3.0), (3, 1.0)]

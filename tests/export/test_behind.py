from __future__ import annotations

import threading

import pytest

from export.behind import Behind

MEBIBYTE = 1 << 20


@pytest.mark.parametrize("count", [0, 1, 40])
def test_bytes_arrive_in_order_and_whole(count: int) -> None:
    taken: list[bytes] = []
    pieces = [bytes([number]) * (MEBIBYTE // 3) for number in range(count)]
    with Behind(taken.append) as behind:
        for piece in pieces:
            behind.write(piece)
    assert b"".join(taken) == b"".join(pieces)


def test_what_the_taker_raises_is_raised_where_the_bytes_come_from() -> None:
    calls: list[int] = []

    def full(data: bytes) -> None:
        calls.append(len(data))
        raise OSError(28, "No space left on device")

    def write(pieces: list[bytes]) -> None:
        with Behind(full) as behind:
            for piece in pieces:
                behind.write(piece)

    before = threading.active_count()
    with pytest.raises(OSError, match="No space left"):
        write([bytes(MEBIBYTE)] * 50)
    assert len(calls) == 1
    assert threading.active_count() == before
    with pytest.raises(OSError, match="No space left"):
        write([b"little"])


def test_a_maker_that_fails_ends_the_thread_and_keeps_its_own_error() -> None:
    def fail() -> None:
        with Behind(len) as behind:
            behind.write(bytes(3 * MEBIBYTE))
            raise KeyError

    before = threading.active_count()
    with pytest.raises(KeyError):
        fail()
    assert threading.active_count() == before

"""A bucket that hangs takes some threads of a process, never all."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile

pytest.importorskip("storages.backends.s3")

from storages.backends.s3 import S3Storage

from annotator.lib import bucket
from annotator.lib.trouble import STORAGE_AWAY, trouble_of

pytestmark = pytest.mark.any_database


class Hanging:
    """What S3Storage does, held up until it is let go."""

    def __init__(self) -> None:
        self.go, self.waiting = threading.Event(), threading.Semaphore(0)

    def __call__(self, *_: object) -> bool:
        self.waiting.release()
        assert self.go.wait(30)
        return True


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    held = Hanging()
    for name in ("_open", "_save", "exists", "delete"):
        monkeypatch.setattr(S3Storage, name, held)
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.0)
    yield held
    held.go.set()


def test_one_more_is_told_at_once_when_enough_wait(hanging: Hanging) -> None:
    store = bucket.BucketStorage(bucket_name="masks")
    threads = [threading.Thread(target=store.exists, args=("ab",), daemon=True) for _ in range(bucket.WAITING)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert hanging.waiting.acquire(timeout=30)
    for ask in (
        lambda: store.exists("ab"), lambda: store._open("ab"), lambda: store.delete("ab"),
        lambda: store._save("ab", ContentFile(b"1")),
    ):  # fmt: skip
        with pytest.raises(TimeoutError) as told:
            ask()
        assert trouble_of(told.value) == STORAGE_AWAY
    hanging.go.set()
    for thread in threads:
        thread.join(30)
    assert store.exists("ab")


def test_a_seat_is_free_again_after_a_failure() -> None:
    for _ in range(2 * bucket.WAITING):
        with pytest.raises(OSError, match="gone"), bucket.seat():
            raise OSError("gone")
    with bucket.seat():
        pass

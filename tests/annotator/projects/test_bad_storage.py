"""A stored picture whose file went bad is told by a sentence; a storage that fails is not taken for that."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from annotator.lib import storage
from annotator.projects import renditions
from tests.annotator.world import picture


def spoil(sha256: str, data: bytes) -> None:
    Path(storage.blobs().path(storage.blob_name(sha256))).write_bytes(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_a_picture_that_went_bad_is_a_sentence(kind: str, share: float) -> None:
    whole = picture((64, 48), kind=kind)
    sha256 = storage.put_bytes(whole)
    assert renditions.read_rgb(sha256).shape == (48, 64, 3)
    spoil(sha256, whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=r"stored file is damaged\. An administrator"):
        renditions.read_rgb(sha256)


def test_a_storage_that_fails_stays_its_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(renditions, "open_blob", lambda sha256: Failing(b"x"))
    with pytest.raises(OSError, match="Input/output") as raised:
        renditions.read_rgb("0" * 64)
    assert raised.value.errno == errno.EIO

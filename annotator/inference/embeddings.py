"""Get or compute: the embedding of an image (or a region of it) for a model version, as a stored blob."""

from __future__ import annotations

import contextlib
import gzip
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import Embedding, ModelVersion
from annotator.inference.queries import embeddings_of
from annotator.lib import storage
from annotator.projects.embedding import region_key
from annotator.projects.models import Image
from annotator.projects.renditions import read_rgb
from sam_backend import Embedding as Encoded

WORTH_PACKING = 0.9
SHARED = ("model_version_id", "sha256", "packed_sha256", "bytes", "encoding", "seconds")

# An image, and the region of it (None: all of it).
Wanted = tuple[Image, list[int] | None]


class PictureChangedError(ValueError):
    """The image got another picture while this one was encoded."""

    def __init__(self) -> None:
        super().__init__("its picture changed meanwhile")


def find(image: Image, version: ModelVersion, region: list[int] | None = None) -> Embedding | None:
    """Return the stored embedding, or None. One encoder's embedding serves every version that has this encoder, under
    one address, so that a decoder trained anew needs nothing encoded and nothing fetched again."""
    return embeddings_of(version).filter(image=image, region_key=region_key(region)).first()


def stored_embedding(image: Image, version: ModelVersion) -> Encoded | None:
    """Return the stored embedding, read from its blob; None when there is none."""
    stored = find(image, version)
    if stored is None:
        return None
    try:
        with storage.open_blob(stored.sha256) as blob:
            return Encoded.from_bytes(blob.read())
    except FileNotFoundError:
        return None


def as_stored(made: Encoded) -> Encoded:
    """Return what would be read back if this were stored: whoever answers from it finds the same before and after."""
    return Encoded.from_bytes(made.to_bytes())


def batch_size(version: ModelVersion) -> int:
    """Return how many images are worth encoding together: what a GPU's free memory takes; one on a processor.

    One, too, for a package that cannot be opened: encoding with it will say why.
    """
    try:
        with borrow(version, Purpose.ENCODE) as predictor:
            return predictor.batch_size()
    except (ValueError, OSError):
        return 1


def ensure(image: Image, version: ModelVersion, region: list[int] | None = None) -> Embedding:
    """Return the embedding, computing it when there is none. Raises ValueError or FileNotFoundError."""
    try:
        return find(image, version, region) or _of_original(image, version, region) or _compute(image, version, region)
    except PictureChangedError:
        image.refresh_from_db(fields=["sha256"])
        return find(image, version, region) or _of_original(image, version, region) or _compute(image, version, region)


def _of_original(image: Image, version: ModelVersion, region: list[int] | None) -> Embedding | None:
    """Share what there is of the image that this is a copy of; None where it is none."""
    if image.copy_of_id is None:
        return None
    twin = embeddings_of(version).filter(image=image.copy_of_id, region_key=region_key(region)).first()
    if twin is None or not storage.has_blob(twin.sha256):
        return None
    blob = {"sha256": twin.sha256, "packed_sha256": twin.packed_sha256, "bytes": twin.bytes, "encoding": twin.encoding}
    return _keep(image, version, region, blob)


def share_with_copies(copies: Sequence[Image]) -> None:
    """Give copies of images the embeddings of their originals: the blobs are the same."""
    known: dict[Any, list[Embedding]] = defaultdict(list)
    for row in Embedding.objects.filter(image__in={copy.copy_of_id for copy in copies}, region_key=""):
        known[row.image_id].append(row)
    Embedding.objects.bulk_create(
        Embedding(image=copy, **{name: getattr(row, name) for name in SHARED})
        for copy in copies
        for row in known[copy.copy_of_id]
    )


def forget_of(images: QuerySet[Image]) -> None:
    """Delete what was made of pictures that these images do not have any more."""
    Embedding.objects.filter(image__in=images.order_by().values("pk")).delete()


def encode_ahead(wanted: Sequence[Wanted], version: ModelVersion) -> None:
    """Encode in one pass those that have no embedding yet, so that `ensure` finds it.

    Whatever goes wrong is left to `ensure`, which does that image alone and says what is the matter with it.
    """
    missing = [(image, region) for image, region in wanted if find(image, version, region) is None]
    readable = []
    for image, region in missing:
        with contextlib.suppress(OSError, ValueError):
            readable.append((image, region, read_rgb(image.sha256, region)))
    begun = time.perf_counter()
    try:
        made = _encode(version, [rgb for _, _, rgb in readable]) if len(readable) > 1 else []
    except (ValueError, MemoryError, OSError):
        return
    seconds = (time.perf_counter() - begun) / max(len(made), 1)
    for (image, region, _), encoded in zip(readable, made, strict=False):
        with contextlib.suppress(IntegrityError, ValueError):  # deleted meanwhile; or values that cannot be stored
            _store(image, version, region, encoded, seconds)


def _encode(version: ModelVersion, images: Sequence[npt.NDArray[np.uint8]]) -> list[Encoded]:
    """Encode uint8 RGB images [height, width, 3], in order; one pass where a GPU takes them."""
    with borrow(version, Purpose.ENCODE) as predictor:
        return list(predictor.encode_all(images))


def _require_picture(image: Image) -> None:
    """Raise ValueError where the image got another picture since it was read: of the old one nothing may be kept."""
    now = Image.with_bin.select_for_update().filter(pk=image.pk).values_list("sha256", flat=True).first()
    if now not in (None, image.sha256):
        raise PictureChangedError


def _compute(image: Image, version: ModelVersion, region: list[int] | None) -> Embedding:
    rgb = read_rgb(image.sha256, region)
    begun = time.perf_counter()
    (made,) = _encode(version, [rgb])
    return _store(image, version, region, made, time.perf_counter() - begun)


def _store(image: Image, version: ModelVersion, region: list[int] | None, made: Encoded, seconds: float) -> Embedding:
    data = made.to_bytes(image_sha256=image.sha256)
    blob = {
        "sha256": storage.put_bytes(data), "packed_sha256": _pack(data), "bytes": len(data),
        "encoding": next((tensor["encoding"] for tensor in version.manifest.get("embedding", [])), ""),
        "seconds": seconds,
    }  # fmt: skip
    return _keep(image, version, region, blob)


def _pack(data: bytes) -> str:
    """Store the blob in gzip too, once, so that no request waits for it; blank when little would be saved."""
    packed = gzip.compress(data, 6, mtime=0)
    return storage.put_bytes(packed) if len(packed) < WORTH_PACKING * len(data) else ""


def _keep(image: Image, version: ModelVersion, region: list[int] | None, blob: dict[str, Any]) -> Embedding:
    try:
        with transaction.atomic():
            _require_picture(image)
            return Embedding.objects.create(
                image=image, model_version=version, region=region, region_key=region_key(region), **blob
            )
    except IntegrityError:
        # The same work was done twice, which is harmless: the first one stays. Or the image is gone: raised below.
        stored = find(image, version, region)
        if stored is None:
            raise
        return stored

"""Get or compute: the embedding of an image (or a region of it) for a model version, as a stored blob."""
from __future__ import annotations

import contextlib
import gzip
import time
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from annotator.inference import engine
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.projects.embedding import region_key
from annotator.projects.models import Image
from annotator.projects.renditions import read_rgb
from sam_backend import Embedding as Encoded

WORTH_PACKING = 0.9

# An image, and the region of it (None: all of it).
Wanted = tuple[Image, list[int] | None]


def find(image: Image, version: ModelVersion, region: list[int] | None = None) -> Embedding | None:
    """Return the stored embedding, or None."""
    return Embedding.objects.filter(image=image, model_version=version, region_key=region_key(region)).first()


def ensure(image: Image, version: ModelVersion, region: list[int] | None = None) -> Embedding:
    """Return the embedding, computing it when there is none. Raises ValueError or FileNotFoundError."""
    return find(image, version, region) or _adopt(image, version, region) or _compute(image, version, region)


def _adopt(image: Image, version: ModelVersion, region: list[int] | None) -> Embedding | None:
    """Share the embedding of a version that differs in its decoder only."""
    twin = Embedding.objects.filter(
        image=image, model_version__encoder_sha256=version.encoder_sha256, region_key=region_key(region)
    ).first()
    if twin is None or not storage.has_blob(twin.sha256):
        return None
    blob = {"sha256": twin.sha256, "packed_sha256": twin.packed_sha256, "bytes": twin.bytes, "encoding": twin.encoding}
    return _keep(image, version, region, blob)


def encode_ahead(wanted: Sequence[Wanted], version: ModelVersion) -> None:
    """Encode in one pass those that have no embedding yet, so that `ensure` finds it.

    Whatever goes wrong is left to `ensure`, which does that image alone and says what is the matter with it.
    """
    missing = [(image, region) for image, region in wanted if not _known(image, version, region)]
    readable = []
    for image, region in missing:
        with contextlib.suppress(OSError, ValueError):
            readable.append((image, region, read_rgb(image.sha256, region)))
    begun = time.perf_counter()
    try:
        made = engine.encode_all(version, [rgb for _, _, rgb in readable]) if len(readable) > 1 else []
    except (ValueError, MemoryError, OSError):
        return
    seconds = (time.perf_counter() - begun) / max(len(made), 1)
    for (image, region, _), encoded in zip(readable, made, strict=False):
        with contextlib.suppress(IntegrityError, ValueError):  # deleted meanwhile; or values that cannot be stored
            _store(image, version, region, encoded, seconds)


def _known(image: Image, version: ModelVersion, region: list[int] | None) -> bool:
    return (find(image, version, region) or _adopt(image, version, region)) is not None


def _compute(image: Image, version: ModelVersion, region: list[int] | None) -> Embedding:
    rgb = read_rgb(image.sha256, region)
    begun = time.perf_counter()
    made = engine.encode(version, rgb)
    return _store(image, version, region, made, time.perf_counter() - begun)


def _store(
    image: Image, version: ModelVersion, region: list[int] | None, made: Encoded, seconds: float
) -> Embedding:
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
            return Embedding.objects.create(
                image=image, model_version=version, region=region, region_key=region_key(region), **blob
            )
    except IntegrityError:
        # The same work was done twice, which is harmless: the first one stays. Or the image is gone: raised below.
        stored = find(image, version, region)
        if stored is None:
            raise
        return stored

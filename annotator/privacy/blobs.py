"""The originals that projects chose to keep: which are needed, and which go when images go."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from annotator.lib.holdings import Held, Kind
from annotator.lib.storage import blob_name
from annotator.privacy.models import Look
from annotator.projects.models import Image


def needed_blobs(hashes: set[str]) -> set[str]:
    """Return those of `hashes` that are an original which is kept."""
    return set(Look.objects.filter(original_sha256__in=hashes).values_list("original_sha256", flat=True))


def blobs_of(images: QuerySet[Image]) -> set[str]:
    """Return the originals of these images."""
    rows = Look.objects.filter(image__in=images.order_by()).exclude(original_sha256="")
    return set(rows.values_list("original_sha256", flat=True))


def held() -> Iterator[Held]:
    """Go through the originals that are kept."""
    rows = Look.objects.exclude(original_sha256="").order_by().values_list("original_sha256", "image__name")
    for sha256, name in rows.iterator():
        yield Held(blob_name(sha256), Kind.PICTURE, f"original of {name}")

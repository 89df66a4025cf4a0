"""The blobs of drawn answers: which are needed, and which go when images go."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from annotator.evaluations.models import Example
from annotator.lib.holdings import Held, Kind
from annotator.lib.storage import blob_name
from annotator.projects.models import Image


def needed_blobs(hashes: set[str]) -> set[str]:
    """Return those of `hashes` that a drawn answer still needs."""
    return set(Example.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))


def blobs_of(images: QuerySet[Image]) -> set[str]:
    """Return the drawn answers on these images."""
    return set(Example.objects.filter(image__in=images.order_by()).values_list("sha256", flat=True))


def forget_of(images: QuerySet[Image]) -> None:
    """Delete the answers drawn on pictures that these images do not have any more."""
    Example.objects.filter(image__in=images.order_by().values("pk")).delete()


def held() -> Iterator[Held]:
    """Go through the drawn answers."""
    rows = Example.objects.order_by().values_list("sha256", "image__name", "evaluation__model_name")
    for sha256, image, model in rows.iterator():
        yield Held(blob_name(sha256), Kind.PICTURE, f"drawn answer of {model} on {image}")

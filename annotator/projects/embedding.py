"""Asking for an image's embedding, without knowing how one is made (annotator.inference does)."""

from __future__ import annotations

from annotator.accounts.models import User
from annotator.projects.models import Image
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run

# An image somebody looks at goes before the bulk.
LOOKED_AT = 10


def region_key(region: list[int] | None) -> str:
    """Return the text that stands for a region; blank for the whole image."""
    return ",".join(map(str, region)) if region else ""


def embed_key(image: Image, region: list[int] | None) -> str:
    """Return the key of the run that makes an embedding; it ends with a colon for the whole image."""
    return f"embed:{image.pk}:{image.project.model_version_id}:{region_key(region)}"


def request_embedding(
    image: Image, *, user: User | None = None, region: list[int] | None = None, priority: int = 0
) -> Run | None:
    """Queue the embedding of an image, or of [x, y, w, h] in it; None when the project has no model yet."""
    model = image.project.model_version_id
    if model is None:
        return None
    return enqueue(
        "embed",
        project=image.project,
        subject=image.pk,
        key=embed_key(image, region),
        params={"image": str(image.pk), "model_version": str(model), "region": region},
        requested_by=user,
        priority=priority,
    )

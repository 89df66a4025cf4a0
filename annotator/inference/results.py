"""What a finished "embed" run says about its embedding."""

from __future__ import annotations

from typing import Any

from annotator.inference.addresses import embedding_url
from annotator.inference.models import Embedding


def embed_result(made: Embedding) -> dict[str, Any]:
    """Return {"image", "embedding", "url", "bytes", "region"}."""
    return {
        "image": str(made.image_id), "embedding": str(made.pk), "url": embedding_url(made), "bytes": made.bytes,
        "region": made.region,
    }  # fmt: skip

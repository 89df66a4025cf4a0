"""Immutable addresses of embeddings and of the files of models."""

from __future__ import annotations

from annotator.inference.models import Embedding, ModelVersion


def embedding_url(embedding: Embedding) -> str:
    """Return where the embedding's blob is served."""
    return f"/files/embeddings/{embedding.pk}/{embedding.sha256}"


def file_urls(version: ModelVersion) -> dict[str, str]:
    """Return file name → address, for every file that a browser may want (weights for training stay here)."""
    wanted = (name for name in version.files if not name.endswith(".safetensors"))
    return {name: f"/files/models/{version.pk}/{version.files[name]['sha256']}/{name}" for name in wanted}

"""Model versions and the embeddings they make."""

from __future__ import annotations

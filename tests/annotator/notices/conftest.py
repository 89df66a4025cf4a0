"""The harbour of the reviews' tests."""

from __future__ import annotations

from tests.annotator.reviews.conftest import place, submitted

__all__ = ["place", "submitted"]

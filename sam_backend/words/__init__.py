"""Models that are asked in words (SAM 3), through `transformers`. Needs torch."""

from __future__ import annotations

from sam_backend.words.finder import SamFinder, load_finder

__all__ = ["SamFinder", "load_finder"]

"""The tables of searches, suggestions, boxes and carried objects. One app owns them all: they refer to each other."""

from __future__ import annotations

from annotator.suggestions.models.boxes import BoxMask, BoxPrompts
from annotator.suggestions.models.carry import Carried, Trail
from annotator.suggestions.models.search import AutomaskSettings, Preview, Search
from annotator.suggestions.models.suggestion import MaskVector, Suggestion

__all__ = [
    "AutomaskSettings", "BoxMask", "BoxPrompts", "Carried", "MaskVector", "Preview", "Search", "Suggestion", "Trail",
]  # fmt: skip

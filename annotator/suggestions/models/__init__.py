"""The tables of searches, suggestions and carried objects. One app owns them all: they refer to each other."""

from __future__ import annotations

from annotator.suggestions.models.carry import Carried, Trail
from annotator.suggestions.models.search import AutomaskSettings, Preview, Search
from annotator.suggestions.models.suggestion import MaskVector, Suggestion

__all__ = ["AutomaskSettings", "Carried", "MaskVector", "Preview", "Search", "Suggestion", "Trail"]

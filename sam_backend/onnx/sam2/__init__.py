"""SAM 2 as the graphs of a model package."""

from __future__ import annotations

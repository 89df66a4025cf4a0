"""HQ-SAM as the graphs of a model package."""

from __future__ import annotations

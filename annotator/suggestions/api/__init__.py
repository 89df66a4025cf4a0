"""HTTP of suggestions."""

from __future__ import annotations

"""The HTTP side of experiments."""

from __future__ import annotations

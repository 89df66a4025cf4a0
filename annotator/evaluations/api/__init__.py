"""The HTTP side of evaluations."""

from __future__ import annotations

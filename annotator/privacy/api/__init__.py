"""The HTTP side of privacy."""

from __future__ import annotations

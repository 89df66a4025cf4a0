"""Masks a machine proposes, and what people make of them."""

from __future__ import annotations

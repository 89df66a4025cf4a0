"""Proof that our SAM computes the official one's function: the same weights by rule, the same outputs."""

from __future__ import annotations

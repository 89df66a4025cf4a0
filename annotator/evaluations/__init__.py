"""Measuring models on a project's own masks."""

from __future__ import annotations

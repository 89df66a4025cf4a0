"""Helpers without models; nothing here imports an app."""

from __future__ import annotations

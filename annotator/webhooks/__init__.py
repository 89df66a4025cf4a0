"""Telling programs elsewhere what happens in a project."""

from __future__ import annotations

"""Faces, and whatever else people choose, are covered before a picture is stored."""

from __future__ import annotations

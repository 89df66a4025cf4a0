"""HTTP: agreement, copies of an image, merging."""

from __future__ import annotations

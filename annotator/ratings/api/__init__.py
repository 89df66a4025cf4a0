"""HTTP: ratings of a project."""

from __future__ import annotations

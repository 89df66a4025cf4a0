"""HTTP: audits of a project."""

from __future__ import annotations

"""How the work of a project goes, in numbers: by day, by person, by label."""

from __future__ import annotations

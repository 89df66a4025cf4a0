"""Words to masks: a model that is asked in words finds everything of a kind, and what it finds becomes suggestions."""

from __future__ import annotations

"""The datasets app."""
from __future__ import annotations

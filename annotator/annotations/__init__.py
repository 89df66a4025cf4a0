"""The annotations app."""
from __future__ import annotations

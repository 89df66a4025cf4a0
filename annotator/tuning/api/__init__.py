"""The HTTP side of retraining."""

from __future__ import annotations

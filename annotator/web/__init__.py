"""The pages around the API."""

from __future__ import annotations

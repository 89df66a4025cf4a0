"""Videos: their frames become images; the video itself is not kept."""

from __future__ import annotations

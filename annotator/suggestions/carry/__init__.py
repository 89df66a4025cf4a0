"""Objects carried from one image along the images after it, as suggestions."""

from __future__ import annotations
